/** Numbers in any order; NaN means "did not happen" elsewhere, and is refused here. */
export type Numbers = ArrayLike<number>;

/** Why a number is not printed: the shape that `Measured` has for it. */
export interface NotPrinted {
  readonly refused: string;
}

/**
 * The smallest value that at least a share `q` of the values do not exceed: nearest rank, x(ceil(n q)), type 1 of
 * Hyndman and Fan (1996). Always one of the values, so a latency that nobody had is never printed.
 * @throws RangeError on no values, NaN, or q outside [0, 1]
 */
export function quantile(values: Numbers, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not between 0 and 1`);
  const sorted = ascending(values);
  // 0.07 * 100 is a little more than 7 in floating point: such dust must not move the rank up by one.
  const rank = Math.ceil(q * sorted.length * (1 - 1e-12));
  return at(sorted, Math.min(Math.max(rank, 1), sorted.length) - 1);
}

/** The middle value, or the mean of the two in the middle. @throws RangeError on no values or NaN */
export function median(values: Numbers): number {
  const sorted = ascending(values);
  const upper = sorted.length >> 1;
  if (sorted.length % 2 === 1) return at(sorted, upper);
  return (at(sorted, upper - 1) + at(sorted, upper)) / 2;
}

/** How many of `n` samples lie beyond the quantile: n (1 - q). The maximum is one of the values itself, so all n vouch for it. */
export function tailOf(n: number, q: number): number {
  return q === 1 ? n : Math.round(n * (1 - q) * 1e6) / 1e6;
}

/** Under this many samples beyond a quantile it is not printed. */
export const FEWEST_TAIL = 10;
/** Under this many it is printed with `~`. */
export const SOLID_TAIL = 100;

/** How many samples a quantile needs before it is printed: 10 / (1 - q). */
export function samplesNeeded(q: number): number {
  return q === 1 ? FEWEST_TAIL : Math.ceil((FEWEST_TAIL / (1 - q)) * (1 - 1e-9));
}

/** A quantile, or the reason why so few values cannot tell it. @param what the samples are, in the plural */
export function printableQuantile(values: Numbers, q: number, what = 'jobs'): number | NotPrinted {
  return tailOf(values.length, q) < FEWEST_TAIL ? notEnough(q, what) : quantile(values, q);
}

export function notEnough(q: number, what: string): NotPrinted {
  return { refused: `needs ${samplesNeeded(q).toLocaleString('en-US')} ${what}` };
}

/** The values that happened: a copy without NaN, sorted, so that further quantiles of it cost nothing. */
export function present(values: Numbers): Float64Array {
  // `from` would go through an iterator, which costs as much as the sorting.
  return new Float64Array(values).filter((value) => !Number.isNaN(value)).sort();
}

/**
 * The values in ascending order: themselves where they are so already, else a sorted copy.
 * @throws RangeError on no values or NaN, which would shift every rank unnoticed
 */
export function ascending(values: Numbers): Numbers {
  if (values.length === 0) throw new RangeError('no values');
  let inOrder = true;
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i);
    if (Number.isNaN(value)) throw new RangeError(`value ${i} is NaN: leave out what did not happen`);
    if (i > 0 && value < at(values, i - 1)) inOrder = false;
  }
  return inOrder ? values : Float64Array.from(values).sort();
}

/** Reads inside the bounds that the caller keeps; typed arrays have no holes. */
export function at(values: Numbers, index: number): number {
  return values[index] as number;
}
