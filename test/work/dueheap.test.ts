import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DueHeap } from '../../src/work/dueheap.js';

const ORIGIN = 1_800_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: ORIGIN });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('hands over in order of time, first in first out among equals, and never early', () => {
  const push = fc.record({
    // Few different times make equals; fractions and the past are due times too.
    offset: fc.oneof(fc.integer({ min: -20, max: 60 }), fc.double({ min: 0, max: 60, noNaN: true })),
    thenWait: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(push, { maxLength: 60 }), fc.double({ min: 0, max: 1.5, noNaN: true }), (pushes, lag) => {
      // A clock behind the timers, as when libuv's timers fire early.
      const now = () => Date.now() - lag;
      const out: { at: number; order: number; on: number; known: number }[] = [];
      let known = 0;
      const heap = new DueHeap<{ at: number; order: number }>((item) => out.push({ ...item, on: now(), known }), now);
      for (const { offset, thenWait } of pushes) {
        const at = now() + offset;
        heap.push({ at, order: known++ }, at);
        vi.advanceTimersByTime(thenWait);
      }
      vi.advanceTimersByTime(200);
      expect(out).toHaveLength(pushes.length);
      expect(heap.size).toBe(0);
      for (const [i, item] of out.entries()) {
        expect(item.on).toBeGreaterThanOrEqual(item.at);
        const before = out[i - 1];
        // Only what was in the heap when the one before was handed over can have been overtaken by it.
        if (before === undefined || item.order >= before.known) continue;
        expect(before.at < item.at || (before.at === item.at && before.order < item.order)).toBe(true);
      }
      heap.close();
    }),
    { numRuns: 200 },
  );
});

test('hands over as soon as the clock allows', () => {
  const out: number[] = [];
  const heap = new DueHeap<number>((ms) => out.push(Date.now() - ORIGIN - ms));
  for (const ms of [50, 5, 1, 0, 7]) heap.push(ms, ORIGIN + ms);
  vi.advanceTimersByTime(100);
  expect(out.every((late) => late >= 0 && late <= 1)).toBe(true);
  expect(out).toHaveLength(5);
});

test.each([2 ** 31 - 1, 2 ** 31, 2 ** 31 + 5, 2 ** 33])(
  'a delay of %i ms is kept, and masks no short one before or after it',
  (ms) => {
    const timeout = vi.spyOn(globalThis, 'setTimeout');
    const out: string[] = [];
    const heap = new DueHeap<string>((item) => out.push(item));
    heap.push('short before', ORIGIN + 3);
    heap.push('long', ORIGIN + ms);
    heap.push('short after', ORIGIN + 4);
    vi.advanceTimersByTime(10);
    expect(out).toEqual(['short before', 'short after']);
    // What setTimeout would turn into 1 ms, for ever.
    expect(timeout.mock.calls.filter(([, delay]) => (delay ?? 0) >= 2 ** 31)).toEqual([]);
    heap.push('middle', ORIGIN + 1000);
    vi.advanceTimersByTime(ms - 11);
    expect(out).toEqual(['short before', 'short after', 'middle']);
    vi.advanceTimersByTime(2);
    expect(out).toEqual(['short before', 'short after', 'middle', 'long']);
  },
);

test('the year 9999 needs no more than one timer at a time', () => {
  const timeout = vi.spyOn(globalThis, 'setTimeout');
  const heap = new DueHeap<string>(() => expect.unreachable('not in this century'));
  heap.push('far', Date.UTC(9999, 0));
  expect(timeout.mock.lastCall?.[1]).toBeLessThan(2 ** 31);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2 ** 31 * 5);
  expect(vi.getTimerCount()).toBe(1);
  expect(heap.size).toBe(1);
});

test('what is pushed while handing over gets its turn', () => {
  const out: number[] = [];
  const heap = new DueHeap<number>((n) => {
    out.push(n);
    if (n < 3) heap.push(n + 1, Date.now() + n);
  });
  heap.push(0, ORIGIN);
  vi.advanceTimersByTime(20);
  expect(out).toEqual([0, 1, 2, 3]);
});

test('close leaves no timer and hands over nothing more', () => {
  const heap = new DueHeap<string>(() => expect.unreachable('closed'));
  heap.push('a', ORIGIN + 5);
  heap.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(heap.size).toBe(0);
  vi.advanceTimersByTime(10);
});
