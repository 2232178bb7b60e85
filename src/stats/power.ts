import { normalAbove, normalExceededBy } from './normal.js';
import { at } from './quantile.js';
import { rankSumNull } from './ranksum.js';
import { signedRankNull } from './signedrank.js';

/** How a test's values were taken: n pairs, or n values a side. */
export type Design = 'pairs' | 'apart';

/** "Finds" means: in four of five cases. */
const POWER = 0.8;
/** Up to here the critical value comes from the exact distribution of the statistic, above from its normal limit. */
const MOST_EXACT = 40;
/** More blocks than this nobody measures. */
const MOST_BLOCKS = 10_000;

/**
 * The smallest shift that n pairs (or n values a side) find in 4 of 5 cases with a two-sided rank test at alpha, in
 * the unit of the spread; undefined where so few can find none. `spread` is the standard deviation of the differences
 * of pairs, or of the values of one side. Method: the mean and variance that the statistic has under a normal shift
 * (Lehmann, Nonparametrics, 2.3 and 4.2) against its exact critical value. Asymptotic efficiency alone (3 / pi of
 * the t-test's) promises a third too much for 12 pairs at an alpha of 0.003.
 */
export function detectableShift(design: Design, n: number, spread: number, alpha: number): number | undefined {
  const inSpreads = detectableInSpreads(design, n, alpha);
  return inSpreads === undefined ? undefined : inSpreads * spread;
}

/** The fewest pairs (or values a side) that find `shift` in 4 of 5 cases; undefined where more than 10,000 are needed. */
export function blocksNeeded(design: Design, shift: number, spread: number, alpha: number): number | undefined {
  const enough = (n: number) => (detectableShift(design, n, spread, alpha) ?? Number.POSITIVE_INFINITY) <= shift;
  let high = 2;
  while (!enough(high)) {
    if (high >= MOST_BLOCKS) return undefined;
    high = Math.min(2 * high, MOST_BLOCKS);
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The same for every spread, so rows of a comparison share it. */
function detectableInSpreads(design: Design, n: number, alpha: number): number | undefined {
  const key = `${design} ${n} ${alpha}`;
  if (memory.has(key)) return memory.get(key);
  if (memory.size >= 5000) memory.clear();
  const critical = criticalValue(design, n, alpha);
  const value = critical === undefined ? undefined : solve(design, n, critical);
  memory.set(key, value);
  return value;
}

const memory = new Map<string, number | undefined>();

/** The greatest lower tail of the statistic that rejects: reject when the statistic is at most this. */
function criticalValue(design: Design, n: number, alpha: number): number | undefined {
  if (n > MOST_EXACT) {
    const { mean, variance } = moments(design, n, 0);
    return mean - 0.5 - normalExceededBy(alpha / 2) * Math.sqrt(variance);
  }
  const below = design === 'pairs' ? signedRankNull(n) : rankSumNull(n, n);
  let critical = -1;
  while (at(below, critical + 1) <= (alpha / 2) * (1 + 1e-9)) critical++;
  return critical < 0 ? undefined : critical;
}

/** Bisection for the shift whose power is 0.8: power grows with the shift. Five hundred spreads always suffice. */
function solve(design: Design, n: number, critical: number): number {
  let [low, high] = [0, 500];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (power(design, n, middle, critical) < POWER) low = middle;
    else high = middle;
  }
  return high;
}

function power(design: Design, n: number, shift: number, critical: number): number {
  if (critical === 0) return clean(design, n, shift);
  // The statistic of the worse side is small under a shift: that of the mirrored one is large.
  const { mean, variance } = moments(design, n, -shift);
  if (variance < 1e-12) return mean <= critical ? 1 : 0;
  return 1 - normalAbove((critical + 0.5 - mean) / Math.sqrt(variance));
}

/** Chance that nothing speaks against the shift: no difference below 0, no value of one side among those of the other. */
function clean(design: Design, n: number, shift: number): number {
  if (design === 'pairs') return below(shift) ** n;
  // The greatest of one side lies at x, and all of the other side lie above.
  return n * overNormal((x) => below(x) ** (n - 1) * below(shift - x) ** n);
}

/** Mean and variance of the signed-rank sum, or of Mann and Whitney's U, under a normal shift in spreads. */
function moments(design: Design, n: number, shift: number): { mean: number; variance: number } {
  // One value is positive; a sum of two is; two sums that share a value both are. Apart, the two are differences.
  const p1 = below(shift);
  const p2 = below(shift * Math.SQRT2);
  if (design === 'apart') {
    const single = below(shift / Math.SQRT2);
    const shared = bothBelow(shift / Math.SQRT2);
    const variance = n * n * (single * (1 - single) + 2 * (n - 1) * (shared - single * single));
    return { mean: n * n * single, variance };
  }
  const p3 = bothBelow(shift * Math.SQRT2);
  const couples = (n * (n - 1)) / 2;
  const variance =
    n * p1 * (1 - p1) + couples * (2 * (p1 - p2) ** 2 + 3 * p2 * (1 - p2)) + 2 * couples * (n - 2) * (p3 - p2 * p2);
  return { mean: n * p1 + couples * p2, variance: Math.max(0, variance) };
}

function below(x: number): number {
  return normalAbove(-x);
}

/** Chance that two standard normal variates with correlation 1/2 are both below x: given what they share, they are independent. */
function bothBelow(x: number): number {
  return overNormal((shared) => below(x * Math.SQRT2 - shared) ** 2);
}

/** The mean of f over a standard normal variate. */
function overNormal(f: (x: number) => number): number {
  const [from, to, steps] = [-8, 8, 128];
  const width = (to - from) / steps;
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    const x = from + step * width;
    sum += Math.exp(-(x * x) / 2) * f(x);
  }
  return (sum * width) / Math.sqrt(2 * Math.PI);
}
