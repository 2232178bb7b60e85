import { type Midranks, midranks } from './midranks.js';
import { normalAbove } from './normal.js';
import { at, type Numbers } from './quantile.js';

export interface RankSum {
  /** Two-sided: twice the smaller tail, at most 1. */
  readonly p: number;
  /** Pairs in which the value of b is the greater one; an equal pair counts half. */
  readonly u: number;
}

/** More pairs of values than this (100 a side, 60 with ties) take a normal approximation with the variance that ties leave. */
export const MOST_EXACT = 10_000;
/** With ties nothing is shared between rows, and every row counts its own deals. */
const MOST_EXACT_TIED = 3_600;

/**
 * The test of Mann and Whitney (1947) of two independent samples: could b lie this far from a if the values had been
 * dealt to the sides at random? Exact, given the values: the deals are counted by dynamic programming over rank
 * sums with midranks, so it is conditional on the ties.
 * @throws RangeError when a side is empty or a value is not finite
 */
export function rankSum(a: Numbers, b: Numbers): RankSum {
  if (a.length === 0 || b.length === 0) throw new RangeError('no values');
  const ranks = midranks(Float64Array.of(...Array.from(a), ...Array.from(b)));
  const sumOf = (from: number, to: number) => ranks.doubled.subarray(from, to).reduce((total, rank) => total + rank, 0);
  const u = (sumOf(a.length, a.length + b.length) - b.length * (b.length + 1)) / 2;
  if (a.length * b.length > MOST_EXACT) return { u, p: approximateP(ranks, a.length, b.length, u) };
  if (ranks.ties === 'none') {
    return { u, p: Math.min(1, 2 * at(rankSumNull(a.length, b.length), Math.min(u, a.length * b.length - u))) };
  }
  if (a.length * b.length > MOST_EXACT_TIED) return { u, p: approximateP(ranks, a.length, b.length, u) };
  // Deals to the smaller side are fewer sums to count; U of one side mirrors that of the other.
  const few = Math.min(a.length, b.length);
  const own = few === b.length ? u : a.length * b.length - u;
  return { u, p: Math.min(1, 2 * smallerTail(ranks.doubled.slice().sort(), few, own)) };
}

/** P(U <= u) for u = 0, 1, .. of samples without ties. Remembered: rows of a comparison mostly have as many values. */
export function rankSumNull(m: number, n: number): Float64Array {
  const [few, many] = [Math.min(m, n), Math.max(m, n)];
  const key = `${few} ${many}`;
  const known = memory.get(key) ?? untied(few, many);
  if (memory.size >= 64) memory.clear();
  memory.set(key, known);
  return known;
}

const memory = new Map<string, Float64Array>();

function untied(few: number, many: number): Float64Array {
  const ranks = Int32Array.from({ length: few + many }, (_, index) => index + 1);
  const below = deals(ranks, few).subarray((few * (few + 1)) / 2, (few * (few + 1)) / 2 + few * many + 1);
  const all = below.reduce((total, count) => total + count, 0);
  let sum = 0;
  return Float64Array.from(below, (count) => {
    sum += count;
    return sum / all;
  });
}

function smallerTail(ranks: Int32Array, few: number, u: number): number {
  const sum = 2 * u + few * (few + 1);
  const counts = deals(ranks, few);
  let [below, above, all] = [0, 0, 0];
  for (let w = 0; w < counts.length; w++) {
    const count = held(counts, w);
    all += count;
    if (w <= sum) below += count;
    if (w >= sum) above += count;
  }
  return Math.min(below, above) / all;
}

/**
 * In how many ways `few` of the ranks add up to each sum. One row per number of ranks taken; a rank is put on top of
 * the rows of one less, from the last row down, so that none is taken twice.
 * @param ranks in ascending order
 */
function deals(ranks: Int32Array, few: number): Float64Array {
  const most = ranks.subarray(ranks.length - few).reduce((total, rank) => total + rank, 0);
  const rows = Array.from({ length: few + 1 }, () => new Float64Array(most + 1));
  (rows[0] as Float64Array)[0] = 1; // few + 1 rows exist
  // Between which sums a row holds anything so far: most of what could be counted is 0.
  const [from, to] = [new Int32Array(few + 1), new Int32Array(few + 1)];
  for (let seen = 0; seen < ranks.length; seen++) {
    const rank = at(ranks, seen);
    // Rows that can no longer grow to `few` with what is left need no more counting.
    const least = Math.max(1, few - (ranks.length - seen - 1));
    for (let taken = Math.min(few, seen + 1); taken >= least; taken--) {
      const [row, less] = [rows[taken], rows[taken - 1]] as [Float64Array, Float64Array];
      const end = at(to, taken - 1);
      for (let w = at(from, taken - 1); w <= end; w++) row[w + rank] = held(row, w + rank) + held(less, w);
      // The first to fill a row brings its least sum, because ranks ascend.
      if (at(to, taken) === 0) from[taken] = at(from, taken - 1) + rank;
      to[taken] = end + rank;
    }
  }
  return rows[few] as Float64Array;
}

/** Reads counts only: shared with arrays of other kinds, the innermost loop would run three times slower. */
function held(counts: Float64Array, w: number): number {
  return counts[w] as number; // bounds are kept by the caller; typed arrays have no holes
}

function approximateP({ tieTerm }: Midranks, m: number, n: number, u: number): number {
  const all = m + n;
  const variance = ((m * n) / 12) * (all + 1 - tieTerm / (all * (all - 1)));
  if (variance <= 0) return 1; // every value is the same
  return Math.min(1, 2 * normalAbove(Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance)));
}
