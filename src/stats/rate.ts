import { ascending, at, type NotPrinted, type Numbers } from './quantile.js';

/**
 * Completions per second inside a window: how many of the times lie in [from, to), divided by its length. NaN (never
 * finished) lies in no window. Never a mean of 1/latency.
 * @param finishedMs in any order
 */
export function steadyRate(finishedMs: Numbers, fromMs: number, toMs: number): number | NotPrinted {
  if (!(toMs > fromMs)) return { refused: 'the window has no length' };
  let count = 0;
  for (let i = 0; i < finishedMs.length; i++) {
    const time = at(finishedMs, i);
    if (time >= fromMs && time < toMs) count++;
  }
  return (count * 1000) / (toMs - fromMs);
}

/**
 * Completions per second from the completion at which a share of them was done to the last one. The one that opens
 * the window is not counted: n completions have n - 1 gaps between them, and only gaps have a length.
 * @param timesMs when each completed, in any order, without NaN
 * @param skipFraction share of the completions taken as warm-up: 0 counts from the first
 */
export function rateOfCompletions(timesMs: Numbers, skipFraction: number): number | NotPrinted {
  if (!(skipFraction >= 0 && skipFraction < 1)) throw new RangeError(`skip ${skipFraction} is not in [0, 1)`);
  const last = timesMs.length - 1;
  const first = Math.floor(timesMs.length * skipFraction);
  if (last - first < 1) return { refused: 'needs 2 completions after the warm-up' };
  const sorted = ascending(timesMs);
  const lengthMs = at(sorted, last) - at(sorted, first);
  if (!(lengthMs > 0)) return { refused: 'all completed at one instant' };
  return ((last - first) * 1000) / lengthMs;
}
