import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunMs } from '../../../src/core/clock.js';
import { backlogWindow, settledCount } from '../../../src/engine/roles/backlog.js';

/** What the window is before any rate is known. */
const SMALLEST = 32;

describe('the count of settled jobs', () => {
  it('calls back once, when the total has reached what was asked for', () => {
    const count = settledCount();
    const heard: string[] = [];
    count.when(10, () => heard.push('ten'));
    count.when(20, () => heard.push('twenty'));
    count.set(9);
    expect(heard).toEqual([]);
    count.set(15);
    count.set(16);
    expect(heard).toEqual(['ten']);
    count.set(1000);
    expect(heard).toEqual(['ten', 'twenty']);
  });

  it('calls back at once for what is reached already', () => {
    const count = settledCount();
    count.set(5);
    let heard = 0;
    count.when(5, () => heard++);
    expect(heard).toBe(1);
  });
});

describe('the window of a closed load', () => {
  let made = 0;
  const clock = () => performance.now() as RunMs;
  const settled = () => settledCount();
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    made = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Takes all the room there is. */
  function fill(window: ReturnType<typeof backlogWindow>): number {
    let taken = 0;
    for (let room = window.room(1e9); typeof room === 'number' && room > 0; room = window.room(1e9)) {
      made += room;
      taken += room;
    }
    return taken;
  }

  it('begins small, and is full until half of it has settled', async () => {
    const count = settled();
    const window = backlogWindow(count, clock, { producers: 1 }, () => made);
    expect(fill(window)).toBe(SMALLEST);
    let granted: number | undefined;
    void Promise.resolve(window.room(1e9)).then((room) => {
      granted = room;
    });
    count.set(SMALLEST / 2 - 1);
    await vi.advanceTimersByTimeAsync(5);
    expect(granted).toBeUndefined();
    count.set(SMALLEST / 2);
    await vi.advanceTimersByTimeAsync(5);
    expect(granted).toBe(SMALLEST / 2);
  });

  it('never holds less than what keeps all slots busy, however slow the workers seem', async () => {
    const count = settled();
    const window = backlogWindow(count, clock, { producers: 2, slots: 256 }, () => made);
    expect(fill(window)).toBe(256);
    const waiting = window.room(1e9);
    await vi.advanceTimersByTimeAsync(1000);
    count.set(256); // 0.26 a millisecond: 0.2 s of it would be 51
    made += await waiting;
    expect(made - count.total / 2).toBe(256);
  });

  it('follows the rate of the workers: 0.2 s of work', async () => {
    const count = settled();
    const window = backlogWindow(count, clock, { producers: 1 }, () => made);
    for (let n = 0; n < 20; n++) {
      fill(window);
      const waiting = window.room(1e9);
      await vi.advanceTimersByTimeAsync(100);
      count.set(Math.min(made, count.total + 1000)); // 10 jobs a millisecond at most
      made += await waiting;
    }
    expect(made - count.total).toBe(2000);
  });

  it('is an equal share for each of several producers', async () => {
    const count = settled();
    const window = backlogWindow(count, clock, { producers: 4 }, () => made);
    fill(window);
    for (let n = 0; n < 20; n++) {
      const waiting = window.room(1e9);
      await vi.advanceTimersByTimeAsync(100);
      count.set(Math.min(4 * made, count.total + 8000)); // all of them together: 80 a millisecond
      made += await waiting;
    }
    expect(made - count.total / 4).toBe(4000);
  });

  it('counts from where the phase began', () => {
    const count = settled();
    count.set(10_000);
    made = 10_500;
    const window = backlogWindow(count, clock, { producers: 1 }, () => made);
    expect(window.room(1e9)).toBe(SMALLEST);
  });

  it('grants nothing any more when the phase is over, and does not wait beyond it', async () => {
    const window = backlogWindow(settled(), clock, { producers: 1 }, () => made);
    fill(window);
    const end = clock() + 50;
    const waiting = window.room(end);
    await vi.advanceTimersByTimeAsync(52);
    expect(await waiting).toBe(0);
  });
});
