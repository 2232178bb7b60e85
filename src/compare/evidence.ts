import type { Effect, Samples } from '../core/comparison.js';
import { rankSum } from '../stats/ranksum.js';
import { signedRank } from '../stats/signedrank.js';
import { type Location, oneSample, twoSamples } from '../stats/walsh.js';

/** What the values of a row say before any threshold is looked at. */
export type Evidence =
  | { readonly kind: 'effect'; readonly p: number; readonly effect: Effect; readonly spread: Spread }
  /** A rank test of plain values, where there is one, but no ratio and so no verdict. */
  | { readonly kind: 'none'; readonly why: NoEffect; readonly p?: number };

/** Why there is no effect: `absent` is a side without values, the others are words for a sentence. */
export type NoEffect = 'absent' | 'zero' | 'not finite' | 'unpaired' | 'too few' | 'too many';

/** On the scale of logarithms. */
export interface Spread {
  /** Pairs, or values a side: the harmonic mean where sides differ. */
  readonly n: number;
  /** Standard deviation of a pair's difference, or of a value of one side. */
  readonly each: number;
  /** Standard error of the estimate. */
  readonly ofEstimate: number;
}

/** Every pair of values is looked at: more than this a side would take seconds, and a file may claim any number. */
export const MOST_VALUES = 1000;

/** Half of a 95 % interval in standard errors, and the variance of Hodges and Lehmann's estimate relative to a mean's. */
const HALF_95 = 1.96;
const RELATIVE_VARIANCE = Math.PI / 3;

export function evidenceOf(samples: Samples): Evidence {
  const { base, head, pairing } = samples;
  const objection = objectionTo(samples);
  if (objection !== undefined) return { kind: 'none', why: objection };
  // No logarithm and no ratio exists; ranks of the plain values still tell whether the sides are the same.
  if ([...base, ...head].some((value) => value <= 0)) return { kind: 'none', why: 'zero', p: plainP(samples) };
  const [a, b] = worse(samples);
  const ratios = pairing === 'interleaved' ? differences(a, b).map(withoutDust) : [];
  const p = pairing === 'interleaved' ? signedRank(ratios).p : rankSum(a, b).p;
  const location = pairing === 'interleaved' ? oneSample(ratios) : twoSamples(a, b);
  const [inner, outer] = [location.interval(0.95), location.interval(0.99)];
  if (inner === undefined || outer === undefined) return { kind: 'none', why: 'too few', p };
  const effect = {
    slowdown: Math.expm1(location.estimate),
    low95: Math.expm1(inner.low),
    high95: Math.expm1(inner.high),
    low99: Math.expm1(outer.low),
    high99: Math.expm1(outer.high),
  };
  return { kind: 'effect', p, effect, spread: spreadOf(samples, inner) };
}

function objectionTo({ base, head, pairing }: Samples): NoEffect | undefined {
  if (base.length === 0 || head.length === 0) return 'absent';
  if (Math.max(base.length, head.length) > MOST_VALUES) return 'too many';
  if (![...base, ...head].every(Number.isFinite)) return 'not finite';
  return pairing === 'interleaved' && base.length !== head.length ? 'unpaired' : undefined;
}

/** Logarithms, turned so that more is worse. */
function worse({ base, head, better }: Samples): [base: number[], head: number[]] {
  const sign = better === 'lower' ? 1 : -1;
  const turned = (values: readonly number[]) => values.map((value) => sign * Math.log(value));
  return [turned(base), turned(head)];
}

function plainP({ base, head, pairing }: Samples): number {
  return pairing === 'interleaved' ? signedRank(differences(base, head)).p : rankSum(base, head).p;
}

function differences(a: readonly number[], b: readonly number[]): number[] {
  return b.map((value, i) => value - (a[i] ?? Number.NaN)); // equal lengths are checked above; NaN is refused below
}

/** The last digits of logarithms depend on the unit of the values; they must not decide which differences tie. */
function withoutDust(difference: number): number {
  return Math.round(difference * 1e12) / 1e12;
}

/**
 * From the width of the 95 % interval rather than from the standard deviation: that is the spread as the rank test
 * meets it, so one wild trial does not make a machine look blind.
 */
function spreadOf({ base, head, pairing }: Samples, inner: NonNullable<ReturnType<Location['interval']>>): Spread {
  const ofEstimate = (inner.high - inner.low) / 2 / HALF_95;
  const n = 2 / (1 / base.length + 1 / head.length);
  const variancePerValue = RELATIVE_VARIANCE * (pairing === 'interleaved' ? 1 : 2);
  return { n: Math.floor(n), each: ofEstimate * Math.sqrt(n / variancePerValue), ofEstimate };
}
