/** How long a job that failed waits before it is tried again: always `ms`, or doubled with each failure. */
export interface Backoff {
  readonly type: 'fixed' | 'exponential';
  readonly ms: number;
}

/** No queue needs to wait longer, and sums with a wall time stay exact: 139 years. */
const LONGEST_MS = 2 ** 42;

/**
 * The wall time from which a job may be tried again, in whole milliseconds.
 * @param now `Date.now()` after the attempt ended: it is cut to a whole millisecond, so one more is waited for
 * @param failures attempts that failed, this one included
 */
export function retryAt(now: number, { type, ms }: Backoff, failures: number): number {
  if (ms <= 0) return now;
  const wait = type === 'fixed' ? ms : ms * 2 ** (failures - 1);
  return now + 1 + Math.ceil(Math.min(wait, LONGEST_MS));
}
