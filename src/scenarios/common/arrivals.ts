import { z } from 'zod';
import { parseDistribution } from '../../core/distribution.js';
import { describeError } from '../../core/errors.js';

const PER: Readonly<Record<string, { readonly ms: number; readonly word: string }>> = {
  s: { ms: 1000, word: 'second' },
  min: { ms: 60_000, word: 'minute' },
  h: { ms: 3_600_000, word: 'hour' },
  d: { ms: 86_400_000, word: 'day' },
};

/** Rates that may be far below one a second: `20/h`, `1000000/d`, `5/min`, `2`. */
export const slowRate = z
  .union([z.number(), z.string()])
  .transform((value) => String(value).trim())
  .pipe(z.string().regex(/^\d+(\.\d+)?(\/(s|min|h|d))?$/, 'write jobs in a time as in 20/h, 1000000/d, 5/min or 2/s'))
  .refine((text) => Number.parseFloat(text) > 0, 'a rate must be above 0')
  .refine((text) => perSecond(text) <= MOST_PER_S, 'a rate is 1000000 jobs per second at most; write less');

const MOST_PER_S = 1_000_000;
const LONGEST_MEAN_MS = 30 * 86_400_000;

export function perSecond(rate: string): number {
  const [count = '', unit = 's'] = rate.split('/');
  return (Number(count) * 1000) / (PER[unit]?.ms ?? 1000);
}

/** `20 jobs/hour` */
export function rateWords(rate: string): string {
  const [count = '', unit = 's'] = rate.split('/');
  return `${Number(count).toLocaleString('en-US')} jobs/${PER[unit]?.word ?? 'second'}`;
}

/** How long jobs take: one length, or a distribution. */
export const lengthText = z.string().superRefine((text, context) => {
  try {
    if (meanLengthMs(text) > LONGEST_MEAN_MS) context.addIssue('jobs take 30d at most, on average; write less');
  } catch (error) {
    context.addIssue({ code: 'custom', message: describeError(error) });
  }
});

/** @throws Error with what is allowed */
export function meanLengthMs(text: string): number {
  return parseDistribution(text, () => {
    throw new Error('lengths of jobs are not read from a file here; give a trace with a column of durations');
  }).meanMs;
}
