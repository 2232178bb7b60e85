import { bodyOf, HEADER_BYTES, unreadable } from './histogram.js';

/** All values of one or more histograms, ascending, each with how often it was recorded. */
export interface Counts {
  /** ms, the upper end of each bucket, as `MergedHistogram.quantile` gives them. */
  readonly values: Float64Array;
  /** Samples with this value or a smaller one. */
  readonly upTo: Float64Array;
  readonly samples: number;
}

/**
 * What `encodeHistogram` made, of several trials together. It reads the V2 payload itself, without building the
 * histogram that `mergeHistograms` builds: a curve needs all values, and a report has thousands of histograms.
 * @throws Error when a text is no such histogram
 */
export function countsOf(texts: readonly string[]): Counts {
  const totals: number[] = [];
  for (const text of texts) {
    try {
      addPayload(bodyOf(text), totals);
    } catch (cause) {
      throw unreadable(cause);
    }
  }
  const values: number[] = [];
  const upTo: number[] = [];
  let samples = 0;
  totals.forEach((count, index) => {
    if (count === 0) return;
    samples += count;
    values.push(highestUs(index) / 1000);
    upTo.push(samples);
  });
  return { values: Float64Array.from(values), upTo: Float64Array.from(upTo), samples };
}

/** Nearest rank, in ms. @throws RangeError when there are no values */
export function quantileOf({ values, upTo, samples }: Counts, q: number): number {
  const rank = Math.max(1, Math.ceil(q * samples * (1 - 1e-12)));
  const value = values[firstFrom(upTo, rank)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** The share of samples that are `ms` or less. */
export function shareUpTo({ values, upTo, samples }: Counts, ms: number): number {
  const above = firstFrom(values, ms, 'beyond');
  return above === 0 || samples === 0 ? 0 : (upTo[above - 1] ?? 0) / samples;
}

/** The place of the first entry of an ascending column that is at least `bound`, or greater with `beyond`. */
function firstFrom(column: Float64Array, bound: number, side: 'at least' | 'beyond' = 'at least'): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = column[middle] as number; // inside the bounds
    if (side === 'at least' ? value < bound : value <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Values below 2^11 us have a bucket each; from there on 2^10 buckets share each doubling. */
const HALF = 1024;
const HALF_BITS = 10;
/** The greatest index that 2^53 us needs: more would be somebody's attempt to fill the memory. */
const MOST_BUCKETS = 45 * HALF;

function highestUs(index: number): number {
  const bucket = (index >> HALF_BITS) - 1;
  if (bucket < 0) return index;
  return ((index & (HALF - 1)) + HALF + 1) * 2 ** bucket - 1;
}

/** ZigZag LEB128: a positive number is the count of the next bucket, a negative one says how many are empty. */
function addPayload(body: Buffer, totals: number[]): void {
  if (body.readBigInt64BE(16) !== 1n) throw new Error('not in units of 1');
  let index = 0;
  let at = HEADER_BYTES;
  while (at < body.length) {
    let word = 0;
    let scale = 1;
    for (let length = 1; ; length++) {
      const byte = body[at++];
      if (byte === undefined || length > 9) throw new Error('cut short');
      // The ninth byte has no mark for a next one: all eight bits of it count.
      word += (length === 9 ? byte : byte & 0x7f) * scale;
      if (byte < 0x80 || length === 9) break;
      scale *= 128;
    }
    if (word > Number.MAX_SAFE_INTEGER) throw new Error('more values than it can have');
    if (word % 2 === 1) index += (word + 1) / 2;
    else {
      while (totals.length <= index && index < MOST_BUCKETS) totals.push(0);
      totals[index] = (totals[index] ?? 0) + word / 2;
      index++;
    }
    if (index > MOST_BUCKETS) throw new Error('more values than it can have');
  }
}
