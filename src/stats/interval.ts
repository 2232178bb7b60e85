import { ascending, at, median, type Numbers } from './quantile.js';

/** Fewer trials than this have no symmetric 95 % interval for their median at all. */
export const FEWEST_TRIALS = 6;

/** The shape that a result file has for a metric of a cell. A type, because an interface does not fit its open schema. */
export type MedianInterval = {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Coverage of low..high; absent where it is the plain range of fewer than 6 values. */
  readonly confidence?: number;
};

/**
 * The median with the narrowest symmetric order-statistic interval of at least 95 %: x(k)..x(n + 1 - k). Assumes
 * independent values and nothing about their distribution (David and Nagaraja, Order Statistics, 7.1).
 * @throws RangeError on no values or NaN
 */
export function medianInterval(values: Numbers): MedianInterval {
  const sorted = ascending(values);
  const n = sorted.length;
  const { rank, confidence } = medianRank(n);
  const ends = { median: median(sorted), low: at(sorted, rank - 1), high: at(sorted, n - rank), n };
  return confidence === undefined ? ends : { ...ends, confidence };
}

/** The largest k for which x(k)..x(n + 1 - k) covers the median with at least 95 %, and that coverage; k = 1 under 6. */
export function medianRank(n: number): { rank: number; confidence?: number } {
  if (n < FEWEST_TRIALS) return { rank: 1 };
  let rank = 1;
  let confidence = 1 - 2 * 2 ** -n;
  // Binomial(n, 1/2) summed term by term; logarithms, because 2^-n vanishes for long series.
  let logChoose = 0;
  let below = 2 ** -n;
  for (let k = 1; k < n / 2; k++) {
    logChoose += Math.log((n - k + 1) / k);
    below += Math.exp(logChoose - n * Math.LN2);
    if (1 - 2 * below < 0.95) break;
    rank = k + 1;
    confidence = 1 - 2 * below;
  }
  return { rank, confidence };
}
