import { midranks } from './midranks.js';
import { normalAbove } from './normal.js';
import { at, type Numbers } from './quantile.js';

export interface SignedRank {
  /** Two-sided: twice the share of sign patterns whose rank sum is as far out, at most 1. */
  readonly p: number;
  /** Sum of the midranks of the differences above 0, and of those below. */
  readonly plus: number;
  readonly minus: number;
  readonly zeros: number;
}

/** More differences than this take a normal approximation with the variance that ties leave: p agrees to 1 % there. */
const MOST_EXACT = 200;

/**
 * Wilcoxon's signed-rank test of pairs (1945): could differences with these sizes lean this far to one side if each
 * sign were a coin toss? Exact, given the sizes: the sign patterns are counted by dynamic programming over rank sums, with
 * midranks for ties. Zeros take part in the ranking and then have no sign (Pratt, 1959): a pair that is equal to
 * the last digit speaks against a difference, and leaving it out beforehand would hide that.
 * @throws RangeError on a value that is not finite
 */
export function signedRank(differences: Numbers): SignedRank {
  const { doubled } = midranks(Float64Array.from(differences, Math.abs));
  const [plus, minus, signed] = [[], [], []] as [number[], number[], number[]];
  for (let i = 0; i < differences.length; i++) {
    const rank = at(doubled, i);
    if (at(differences, i) !== 0) signed.push(rank);
    if (at(differences, i) > 0) plus.push(rank);
    if (at(differences, i) < 0) minus.push(rank);
  }
  const smaller = Math.min(sum(plus), sum(minus));
  const tail = signed.length > MOST_EXACT ? approximateTail(signed, smaller) : exactTail(signed, smaller);
  return {
    p: Math.min(1, 2 * tail),
    plus: sum(plus) / 2,
    minus: sum(minus) / 2,
    zeros: differences.length - signed.length,
  };
}

/** P(W <= w) for w = 0, 1, .. of n differences without ties: what order-statistic intervals and power are computed from. */
export function signedRankNull(n: number): Float64Array {
  return cumulated(
    shares(
      Array.from({ length: n }, (_, index) => index + 1),
      (n * (n + 1)) / 2,
    ),
  );
}

function exactTail(ranks: readonly number[], atMost: number): number {
  return shares(ranks, atMost).reduce((total, share) => total + share, 0);
}

/**
 * Shares of the 2^n sign patterns by their sum of positive ranks, up to `most`: each rank in turn is tossed in or out.
 * Halving at each toss keeps numbers within range for any n that is exact.
 */
function shares(ranks: readonly number[], most: number): Float64Array {
  const found = new Float64Array(most + 1);
  found[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach = Math.min(most, reach + rank);
    for (let w = reach; w >= 0; w--) found[w] = (at(found, w) + (w >= rank ? at(found, w - rank) : 0)) / 2;
  }
  return found;
}

function approximateTail(ranks: readonly number[], smaller: number): number {
  const variance = ranks.reduce((total, rank) => total + rank * rank, 0) / 4;
  // Sums of doubled ranks lie 2 apart without ties, so the half step between them is 1.
  return normalAbove(Math.max(0, sum(ranks) / 2 - smaller - 1) / Math.sqrt(variance));
}

function cumulated(found: Float64Array): Float64Array {
  for (let i = 1; i < found.length; i++) found[i] = at(found, i) + at(found, i - 1);
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
