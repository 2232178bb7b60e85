import { describe, expect, it } from 'vitest';
import type { RunMs } from '../../src/core/clock.js';
import { runClock, takeEpoch } from '../../src/core/clock.js';
import { pace, until } from '../../src/engine/pacer.js';

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
