import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settlement } from '../../src/engine/settlement.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ignore = () => undefined;
const holds = (...answers: (number | undefined)[]) => {
  const asked = vi.fn(async () => (answers.length > 1 ? answers.shift() : answers[0]));
  return asked;
};

it('is settled when all roles together have reported so many', async () => {
  const totals: number[] = [];
  const settled = settlement((total) => totals.push(total));
  const reached = settled.reached(30, 60_000, holds(5));
  settled.report('worker-0', 10);
  settled.report('worker-1', 15);
  settled.report('worker-0', 15); // a running count, not an addition
  expect(await reached).toBe('settled');
  expect(totals).toEqual([10, 25, 30]);
  expect(settled.total).toBe(30);
});

it('is settled at once when nothing is missing', async () => {
  const depth = holds(0);
  expect(await settlement(ignore).reached(0, 1000, depth)).toBe('settled');
  expect(depth).not.toHaveBeenCalled();
});

it('asks the backend only when nothing moves, and believes in a loss only when it is empty twice', async () => {
  const settled = settlement(ignore);
  const depth = holds(0, 3, 0, 0);
  const reached = settled.reached(10, 60_000, depth);
  let outcome = 'waiting';
  void reached.then((how) => {
    outcome = how;
  });
  settled.report('worker-0', 9);
  await vi.advanceTimersByTimeAsync(2_100); // the report was progress
  expect(depth).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(4_000); // empty, then not
  expect(depth).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(2_000); // empty again: once
  expect([depth.mock.calls.length, outcome]).toEqual([3, 'waiting']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([depth.mock.calls.length, outcome]).toEqual([4, 'lost']);
});

it('progress between two looks starts the count again', async () => {
  const settled = settlement(ignore);
  const reached = settled.reached(10, 60_000, holds(0));
  let outcome = 'waiting';
  void reached.then((how) => {
    outcome = how;
  });
  await vi.advanceTimersByTimeAsync(2_100);
  settled.report('worker-0', 1);
  await vi.advanceTimersByTimeAsync(2_100);
  await vi.advanceTimersByTimeAsync(1_900);
  expect(outcome).toBe('waiting');
  settled.report('worker-0', 10);
  expect(await reached).toBe('settled');
});

it('a backend that cannot tell is waited for until the deadline, which names the counts', async () => {
  const settled = settlement(ignore);
  const reached = settled.reached(12_000, 9_000, holds(undefined));
  const failed = expect(reached).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: '4,500 of 12,000 jobs had not settled after 9 s',
  });
  settled.report('worker-0', 7_500);
  await vi.advanceTimersByTimeAsync(9_100);
  await failed;
});

it('counts what a role that was killed had settled and not reported, and its next life from 0', async () => {
  const depth = holds(1);
  const settled = settlement(ignore);
  const reached = settled.reached(30, 60_000, depth);
  settled.report('worker-0', 10);
  settled.restarted('worker-0', 12);
  expect(settled.total).toBe(12);
  settled.report('worker-0', 3);
  settled.restarted('worker-0', 20);
  expect(settled.total).toBe(20);
  settled.report('worker-0', 10);
  expect(await reached).toBe('settled');
  expect(depth).not.toHaveBeenCalled();
});
