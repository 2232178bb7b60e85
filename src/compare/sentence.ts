import { timesText } from '../core/change.js';
import type { Effect, Judged, Samples } from '../core/comparison.js';
import { MOST_VALUES, type NoEffect } from './evidence.js';
import { mirrored, mostSlowdown, unknownNoise } from './rule.js';

/** What a sentence needs beyond the row itself. */
export interface Details {
  readonly why?: NoEffect;
  /** Whether the test calls the difference real. */
  readonly real: boolean;
  /** How many rows gate. */
  readonly family: number;
}

/** What the row means, for a reader who does not know the test. */
export function sentenceOf(row: Omit<Judged, 'sentence'>, details: Details): string {
  const { samples, effect } = row;
  if (effect === undefined) return `no verdict on ${samples.label}: ${reason(row, details)}`;
  const limit = percent(samples.threshold);
  switch (row.verdict) {
    case 'regression':
      return `${samples.label} is ${change(effect)}; ${limit} or more counts as a regression`;
    case 'small':
      return `${samples.label} is ${change(effect)}: real, but below the ${limit} that counts as a regression`;
    case 'improvement':
      return `${samples.label} is ${change(effect)}`;
    case 'pass':
      return `no regression of ${limit} in ${samples.label}: it is ${change(effect)}${atMost(samples, effect)}`;
    case 'differs':
      return `${samples.label} is ${change(effect)} in head, but no history says how far apart two runs of the same code fall here: ${LEARN}`;
    default:
      return `no verdict on ${samples.label}: ${open(row, effect, details)}`;
  }
}

const LEARN = 'use `jobbench ab`, or learn it with `jobbench ab --aa`';

/** `7.9 % worse (95 %: 6.1 % worse to 9.8 % worse)`; each end in its own words, since an interval may span both. */
function change({ slowdown, low95, high95 }: Effect): string {
  return `${worded(slowdown)} (95 %: ${worded(low95)} to ${worded(high95)})`;
}

function worded(slowdown: number): string {
  const size = slowdown < 0 ? mirrored(slowdown) : slowdown;
  const text = percent(size);
  if (text === '0 %') return 'the same';
  return `${text} ${slowdown < 0 ? 'better' : 'worse'}`;
}

/** One decimal below 10 %, whole percents above, a factor from 100 % on: `153x`. */
function percent(ratio: number): string {
  const value = ratio * 100;
  return timesText(ratio) ?? `${Number(value.toFixed(value < 9.95 ? 1 : 0))} %`;
}

function atMost(samples: Samples, effect: Effect): string {
  if (samples.pairing === 'interleaved') return '';
  return `, at most ${worded(mostSlowdown(samples, effect))} with the ${percent(samples.floor)} by which runs fall apart`;
}

function open(
  { samples, blocksNeeded, detectable }: Omit<Judged, 'sentence'>,
  effect: Effect,
  details: Details,
): string {
  const seen = change(effect);
  if (unknownNoise(samples)) {
    return `it is ${seen}, and no history says how far apart two runs of the same code fall here: ${LEARN}`;
  }
  if (samples.pairing === 'apart' && samples.floor >= samples.threshold) {
    const [floor, limit] = [percent(samples.floor), percent(samples.threshold)];
    return `runs of the same code fall ${floor} apart here, which hides a change of ${limit}; use \`jobbench ab\``;
  }
  const [n, unit] = counted(samples);
  const rows = details.family === 1 ? '1 row gates' : `${details.family} rows gate`;
  const blind = detectable === undefined ? `; ${n} ${unit} cannot show any change where ${rows}` : '';
  const half = Math.sqrt((1 + effect.high95) / (1 + effect.low95)) - 1;
  const known = timesText(half) === undefined ? `±${percent(half)}` : `a factor of ${percent(half).replace('x', '')}`;
  return `it is ${seen}, known to ${known} after ${n} ${unit}${blind}; ${remedy(samples, blocksNeeded)}`;
}

function remedy({ threshold, pairing }: Samples, needed: number | undefined): string {
  const limit = percent(threshold);
  const unit = pairing === 'interleaved' ? 'blocks' : 'trials a side';
  if (needed === undefined) return `a quieter machine is needed to tell a change of ${limit}`;
  return `about ${needed.toLocaleString('en-US')} ${unit} would tell a change of ${limit}`;
}

function reason({ samples, base, head, p }: Omit<Judged, 'sentence'>, { why, real }: Details): string {
  const [n, unit] = counted(samples);
  switch (why) {
    case undefined:
    case 'absent':
      return `${samples.base.length === 0 ? 'base' : 'head'} has no values`;
    case 'not finite':
      return 'a value is not a finite number';
    case 'too many':
      return `more than ${MOST_VALUES.toLocaleString('en-US')} values a side are not compared`;
    case 'unpaired':
      return `${samples.base.length} and ${samples.head.length} values do not make pairs`;
    case 'too few':
      return `${n} ${unit} ${n === 1 ? 'is' : 'are'} too few; ${samples.pairing === 'interleaved' ? '8 blocks' : '5 trials a side'} give an interval`;
    case 'zero': {
      const sides = `median ${number(base?.median)} against ${number(head?.median)}`;
      const differ = real && p !== undefined ? `the sides do differ (${sides})` : sides;
      return `values of 0 or less have no ratio; ${differ}`;
    }
    default:
      return why satisfies never;
  }
}

function counted({ base, head, pairing }: Samples): [n: number, unit: string] {
  const n = Math.min(base.length, head.length);
  const [one, many] = pairing === 'interleaved' ? ['block', 'blocks'] : ['trial a side', 'trials a side'];
  return [n, n === 1 ? one : many];
}

function number(value: number | undefined): string {
  return value === undefined ? 'nothing' : String(Number(value.toPrecision(3)));
}
