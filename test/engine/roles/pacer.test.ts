import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunMs } from '../../../src/core/clock.js';
import { runClock, takeEpoch } from '../../../src/core/clock.js';
import { hiccupProbe } from '../../../src/engine/roles/hiccups.js';
import { pace, until } from '../../../src/engine/roles/pacer.js';
import { type VirtualTime, virtualTime } from '../../support/virtualtime.js';

const clock = runClock(takeEpoch());

describe('the pacer', () => {
  it('fires all arrivals in order, and none before it is due', async () => {
    const from = clock() + 20;
    // Gaps below and above the length for which it sleeps, and several at the same instant.
    const due = Float64Array.from([0, 0, 0, 0.1, 0.2, 1, 3, 9, 9, 9.5, 14, 20, 31, 31.001], (at) => from + at);
    const fired: { k: number; at: number }[] = [];
    await pace(due, clock, (k) => void fired.push({ k, at: clock() }));
    expect(fired.map(({ k }) => k)).toEqual([...due.keys()]);
    for (const { k, at } of fired) expect(at).toBeGreaterThanOrEqual(due[k] as number);
  });

  it('sends what is due already together, before anything else runs', async () => {
    const fired: number[] = [];
    const now = clock();
    const paced = pace(Float64Array.of(now - 30, now - 20, now - 10), clock, (k) => void fired.push(k));
    expect(fired).toEqual([0, 1, 2]);
    await paced;
  });

  it('after a blocked event loop drops nothing, and does not spread what piled up', async () => {
    const from = clock() + 5;
    const due = Float64Array.from({ length: 40 }, (_, k) => from + k);
    const turns: number[][] = [];
    let turn: number[] | undefined;
    await pace(due, clock, (k) => {
      if (turn === undefined) {
        turn = [];
        turns.push(turn);
        queueMicrotask(() => {
          turn = undefined;
        });
      }
      turn.push(k);
      if (k === 0) for (const end = clock() + 25; clock() < end; );
    });
    expect(turns.flat()).toEqual([...due.keys()]);
    expect(turns[1]?.length).toBeGreaterThanOrEqual(24);
  });

  it('that comes faster than it can be sent leaves turns of the event loop to others', async () => {
    // Virtual time: a machine that stands still for 20 ms would make all of them due at once.
    let now = 0;
    const virtual = () => {
      now += 0.001;
      return now as RunMs; // the clock of this test alone
    };
    const due = Float64Array.from({ length: 200 }, (_, k) => k / 10);
    let turnsOfOthers = 0;
    let over: 'no' | 'yes' = 'no';
    const other = () => {
      if (over === 'yes') return;
      turnsOfOthers++;
      setImmediate(other);
    };
    setImmediate(other);
    await pace(due, virtual, () => {
      now += 0.3;
    });
    over = 'yes';
    expect(turnsOfOthers).toBeGreaterThan(2);
  });

  it('has nothing to wait for without arrivals', async () => {
    let fired = 0;
    await pace(new Float64Array(0), clock, () => fired++);
    expect(fired).toBe(0);
  });
});

it('until waits for an instant, not less', async () => {
  const at = clock() + 7.3;
  await until(at as ReturnType<typeof clock>, clock);
  expect(clock()).toBeGreaterThanOrEqual(at);
});

describe('in a time that is a number', () => {
  let time: VirtualTime | undefined;
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    time?.restore();
  });
  const begin = () => {
    time = virtualTime();
    return { time, now: () => performance.now() as RunMs }; // the clock of this test alone
  };

  it('the pacer sleeps, but not for the last millisecond: that long a timer may be late', async () => {
    const { time, now } = begin();
    const [exact, yielded] = [setTimeout, vi.fn(setImmediate)];
    vi.stubGlobal('setTimeout', (act: () => void, ms: number) => exact(act, ms + 0.9));
    vi.stubGlobal('setImmediate', yielded);
    const due = Float64Array.of(10, 20, 30);
    const late: number[] = [];
    await time.until(pace(due, now, (k) => late.push(now() - (due[k] as number))));
    expect(Math.max(...late)).toBeLessThan(0.1);
    // A turn takes 0.05 ms here, so the 30 ms would be 600 of them.
    expect(yielded.mock.calls.length).toBeLessThan(30);
  });

  it('the pacer blocks for the last stretch where nothing else needs the event loop: in pieces, and never past what is due', async () => {
    const { time, now } = begin();
    const turns = vi.fn(setImmediate);
    vi.stubGlobal('setImmediate', turns);
    const waits: number[] = [];
    vi.spyOn(Atomics, 'wait').mockImplementation((_cell, _index, _value, ms = 0) => {
      waits.push(ms);
      time.busy(ms + 0.09); // late, as a thread that is woken is
      return 'timed-out';
    });
    const due = Float64Array.of(10, 20, 20.3, 20.35, 30);
    const late: number[] = [];
    await time.until(pace(due, now, (k) => late.push(now() - (due[k] as number)), { quiet: () => true }));
    expect(late).toHaveLength(due.length);
    expect(Math.max(...late)).toBeLessThan(0.06); // a turn
    expect(waits.length).toBeGreaterThan(6);
    expect(Math.max(...waits)).toBeLessThanOrEqual(0.25);
    // Three stretches of a millisecond would be 60 turns of 0.05 ms.
    expect(turns.mock.calls.length).toBeLessThan(30);
  });

  it('and not while something waits for an answer, nor before what was fired has had a turn of the event loop', async () => {
    const { time, now } = begin();
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new Error('blocked');
    });
    const due = Float64Array.of(10, 10.5, 11);
    let unanswered = 0;
    const fire = () => {
      unanswered++;
      setTimeout(() => unanswered--, 5);
    };
    await time.until(pace(due, now, fire, { quiet: () => now() > 10 && unanswered === 0 }));
    expect(wait).not.toHaveBeenCalled();

    let turned = true;
    wait.mockImplementation((_cell, _index, _value, ms = 0) => {
      expect(turned).toBe(true);
      time.busy(ms);
      return 'timed-out';
    });
    const next = due.map((at) => at + 100);
    const fireAndTurn = () => {
      turned = false;
      setImmediate(() => {
        turned = true;
      });
    };
    await time.until(pace(next, now, fireAndTurn, { quiet: () => true }));
    expect(wait).toHaveBeenCalled();
  });

  it('a probe is told of an event loop that was away, once and for how long, and of no other', async () => {
    const { time, now } = begin();
    const probe = hiccupProbe();
    const due = Float64Array.from({ length: 20 }, (_, k) => 5 * k);
    await time.until(pace(due, now, () => undefined, { hiccups: probe }));
    expect(probe.take()).toEqual({ count: 0, worstMs: 0 });
    const later = due.map((at) => at + 100);
    setTimeout(() => time.busy(30), (later[4] as number) - now() + 1);
    await time.until(pace(later, now, () => undefined, { hiccups: probe }));
    const { count, worstMs } = probe.take();
    expect(count).toBe(1);
    expect(worstMs).toBeCloseTo(27, 0); // away from 121 to 151, and wanted at 124
    expect(probe.take()).toEqual({ count: 0, worstMs: 0 });
  });
});
