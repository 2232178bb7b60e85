import { normalExceededBy } from './normal.js';
import { at, median, type Numbers } from './quantile.js';
import { MOST_EXACT, rankSumNull } from './ranksum.js';
import { signedRankNull } from './signedrank.js';

/** Counting more pairs than this exactly takes seconds. */
const MOST_EXACT_PAIRS = 200;

/** A location with the order-statistic interval that belongs to its rank test. */
export interface Location {
  /** Hodges-Lehmann: half of the averages, or differences, lie to each side of it. */
  readonly estimate: number;
  /**
   * The narrowest symmetric interval of at least this coverage, or undefined where so few values have none. Its ends
   * are what the two-sided test of the same level just does not reject.
   */
  interval(confidence: number): { readonly low: number; readonly high: number } | undefined;
}

/**
 * Where differences of pairs lie: the median of their Walsh averages (x_i + x_j) / 2, i <= j. Assumes that they are
 * symmetric about it, which differences of two arms in random order are (Hodges and Lehmann, 1963; Lehmann, Nonparametrics, 4.3).
 * @throws RangeError on no values or NaN
 */
export function oneSample(differences: Numbers): Location {
  const n = differences.length;
  const averages = new Float64Array((n * (n + 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) averages[count++] = (at(differences, i) + at(differences, j)) / 2;
  }
  return locate(averages, (confidence) => walshRank(n, confidence));
}

/**
 * How far b lies above a: the median of all differences b_j - a_i.
 * @throws RangeError on no values or NaN
 */
export function twoSamples(a: Numbers, b: Numbers): Location {
  const differences = new Float64Array(a.length * b.length);
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) differences[count++] = at(b, j) - at(a, i);
  }
  return locate(differences, (confidence) => shiftRank(a.length, b.length, confidence));
}

/** The k of the k-th smallest and k-th greatest Walsh average of n differences; 0 = none is that sure. N = 12: 14 at 95 %. */
export function walshRank(n: number, confidence: number): number {
  return remembered(`pairs ${n} ${confidence}`, () => {
    if (n <= MOST_EXACT_PAIRS) return outermost(signedRankNull(n), confidence);
    return outermostNormal((n * (n + 1)) / 4, Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24), confidence);
  });
}

/** The k of the k-th smallest and k-th greatest difference of samples of m and n; 0 = none is that sure. */
export function shiftRank(m: number, n: number, confidence: number): number {
  const [few, many] = [Math.min(m, n), Math.max(m, n)];
  return remembered(`sides ${few} ${many} ${confidence}`, () => {
    if (few * many <= MOST_EXACT) return outermost(rankSumNull(few, many), confidence);
    return outermostNormal((few * many) / 2, Math.sqrt((few * many * (few + many + 1)) / 12), confidence);
  });
}

function locate(unsorted: Float64Array, rank: (confidence: number) => number): Location {
  const sorted = unsorted.sort();
  return {
    estimate: median(sorted), // refuses NaN, which sorting puts last
    interval(confidence) {
      const k = rank(confidence);
      return k < 1 ? undefined : { low: at(sorted, k - 1), high: at(sorted, sorted.length - k) };
    },
  };
}

/** The greatest k with P(statistic <= k - 1) <= (1 - confidence) / 2; the dust of floating point does not decide. */
function outermost(below: Float64Array, confidence: number): number {
  const tail = ((1 - confidence) / 2) * (1 + 1e-9);
  let k = 0;
  while (k < below.length && at(below, k) <= tail) k++;
  return k;
}

/** The same, of a statistic that is normal with this mean and spread long before it gets here (Lehmann, Nonparametrics, 1.3 and 3.2). */
function outermostNormal(mean: number, spread: number, confidence: number): number {
  return Math.max(0, Math.floor(mean - normalExceededBy((1 - confidence) / 2) * spread + 0.5));
}

/** Rows of a comparison mostly share their numbers of values, and counting rank sums is the dear part of an interval. */
function remembered(key: string, compute: () => number): number {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= 1000) memory.clear();
  const value = compute();
  memory.set(key, value);
  return value;
}

const memory = new Map<string, number>();
