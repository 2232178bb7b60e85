import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { retryAt } from '../../src/core/backoff.js';
import type { Job } from '../../src/core/job.js';
import { type Try, tries } from '../../src/work/tries.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function job(rest: Partial<Job>): Job {
  return { index: 0, queue: 'q', work: { kind: 'noop' }, payload: '', ...rest };
}

test.each([
  ['fixed', 1, 40],
  ['fixed', 3, 40],
  ['exponential', 1, 40],
  ['exponential', 2, 80],
  ['exponential', 4, 320],
] as const)(
  '%s backoff after %i failures waits %i ms, and the millisecond that the clock hides',
  (type, failures, ms) => {
    expect(retryAt(1000, { type, ms: 40 }, failures)).toBe(1000 + ms + 1);
  },
);

test('no backoff is no wait, a fraction is rounded up, and a thousand failures are no infinite wait', () => {
  expect(retryAt(1000, { type: 'fixed', ms: 0 }, 1)).toBe(1000);
  expect(retryAt(1000, { type: 'fixed', ms: 0.2 }, 1)).toBe(1002);
  expect(Number.isSafeInteger(retryAt(Date.now(), { type: 'exponential', ms: 100 }, 1000))).toBe(true);
});

test('a job that fails comes back after its backoff with the next number, until its attempts are used up', () => {
  const put: Try[] = [];
  const book = tries((one) => put.push(one));
  const first = job({ attempts: 3, backoff: { type: 'exponential', ms: 10 } });
  expect(book.ended(first, 'failed')).toBe('retrying');
  vi.advanceTimersByTime(10);
  expect(put).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(put).toEqual([{ ...first, attempt: 2 }]);
  expect(book.ended(put[0] as Try, 'failed')).toBe('retrying'); // it has one element, see above
  vi.advanceTimersByTime(21);
  expect(book.ended(put[1] as Try, 'failed')).toBe('failed');
  expect(book.size).toBe(0);
});

test('a key is taken until its job has ended for good, each queue has its own', () => {
  const book = tries(() => undefined);
  const keyed = job({ key: 'k', attempts: 2 });
  expect([book.take(keyed), book.take(keyed), book.take({ ...keyed, queue: 'other' })]).toEqual([true, false, true]);
  expect(book.ended(keyed, 'failed')).toBe('retrying');
  expect(book.take(keyed)).toBe(false);
  expect(book.ended({ ...keyed, attempt: 2 } as Try, 'failed')).toBe('failed');
  expect(book.take(keyed)).toBe(true);
  book.close();
});
