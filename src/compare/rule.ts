import type { Effect, Judged, Samples, Verdict } from '../core/comparison.js';

/**
 * Which look at the data this is: `ab` looks at 12 blocks, and at 24 where the first look could not tell. `only` is
 * for files that are what they are, so it may spend what both looks have.
 */
export type Look = 1 | 2 | 'only';

/** Chance of a false call among all gated rows of a look. Both looks together stay within 1 %. */
export function familyAlpha(look: Look): number {
  switch (look) {
    case 1:
      return 0.003;
    case 2:
      return 0.007;
    case 'only':
      return 0.01;
    default:
      return look satisfies never;
  }
}

/**
 * The verdict of a row that has an effect. The mirrored improvement is asked for before the pass: whatever is
 * clearly better also excludes a regression, so in the other order the word would never be used.
 * @param real whether the test, corrected for the family, calls the difference real
 */
export function verdictOf(samples: Samples, effect: Effect, real: boolean): Verdict {
  const { threshold, floor } = samples;
  const [slower, faster] = [effect.slowdown >= floor, mirrored(effect.slowdown) >= floor];
  if (unknownNoise(samples)) return real && (slower || faster) ? 'differs' : 'inconclusive';
  if (real && slower) return effect.high99 >= threshold ? 'regression' : 'small';
  if (real && faster) return 'improvement';
  return mostSlowdown(samples, effect) < threshold ? 'pass' : 'inconclusive';
}

/** The slowdown that the other side would have: a rate that doubled is 2.0x better, as one that halved is 2.0x worse. */
export function mirrored(slowdown: number): number {
  return 1 / (1 + slowdown) - 1;
}

/** Files of different runs, and nothing says how far identical code falls apart between runs. */
export function unknownNoise({ pairing, history }: Samples): boolean {
  return pairing === 'apart' && history !== 'learned';
}

/**
 * The greatest slowdown that is not excluded. Trials of one run tell nothing of how runs fall apart, so between runs the
 * learned noise comes on top of the interval.
 */
export function mostSlowdown({ pairing, floor }: Samples, { high95 }: Effect): number {
  return pairing === 'apart' ? (1 + high95) * (1 + floor) - 1 : high95;
}

/** From worst to best. A finding stands before what is missing, that before doubt; a real change below the threshold passes. */
const ORDER = ['broken', 'regression', 'missing', 'differs', 'inconclusive', 'small', 'pass', 'improvement'] as const;

/** The worst verdict of the gated rows. Where nothing is gated nothing was shown, which is no pass. */
export function worstVerdict(rows: readonly Judged[]): Verdict {
  const gated = new Set<Verdict>(rows.filter(({ samples }) => samples.gated).map(({ verdict }) => verdict));
  return ORDER.find((verdict) => gated.has(verdict)) ?? 'inconclusive';
}
