import { z } from 'zod';
import type { Load } from '../../core/layout.js';
import type { Finding, LayoutContext } from '../../core/scenario.js';
import { digits } from './lesson.js';

/** Without a rate from the user: the lower of these two. */
const DEFAULT_PER_S = 200;
const DEFAULT_SHARE = 0.5;

/** More than one process enqueues of anything, and more than shows what too much of it does. */
const MOST_PER_S = 1_000_000;
const MOST_PERCENT = 1000;

/** Jobs per second, a share of the measured capacity, or neither. */
export const rateText = z
  .union([z.number(), z.string()])
  .transform((value) => String(value).trim().replace(/\/s$/, ''))
  .pipe(
    z.string().regex(/^(auto|\d+(\.\d+)?%?)$/, 'write jobs per second as in 200, or a share of the capacity as in 50%'),
  )
  .refine((text) => text === 'auto' || Number.parseFloat(text) > 0, 'a rate must be above 0')
  .refine(
    (text) => text === 'auto' || Number.parseFloat(text) <= (text.endsWith('%') ? MOST_PERCENT : MOST_PER_S),
    'a rate is 1000000 jobs per second at most, or 1000% of the capacity; write less',
  )
  .default('auto')
  .describe(
    'jobs per second, or a share of the measured capacity such as 50%; auto: the lower of 200/s and 50%. Above 100% the backlog grows without end, and no latency is printed',
  );

/** The capacity, where a rate depends on it: jobs per second that the user gave do not. */
export function capacityOf(group: readonly { readonly rate: string }[]): readonly 'jobsPerS'[] {
  return group.every(({ rate }) => /^[\d.]+$/.test(rate)) ? [] : ['jobsPerS'];
}

/** What a rate means for an adapter, and how the table says it. */
export function resolveRate(rate: string, { capacity }: LayoutContext): { ratePerS: number; text: string } {
  const carried = capacity.jobsPerS;
  if (rate.endsWith('%')) {
    if (carried === undefined) throw new Error('a rate in percent needs a measured capacity');
    return share(Number.parseFloat(rate) / 100, carried);
  }
  if (rate !== 'auto') return { ratePerS: Number(rate), text: `${rate}/s` };
  if (carried === undefined || carried * DEFAULT_SHARE >= DEFAULT_PER_S)
    return { ratePerS: DEFAULT_PER_S, text: `${DEFAULT_PER_S}/s` };
  return share(DEFAULT_SHARE, carried);
}

/** A capacity below this was measured on about a hundred jobs, the first of which met a backend that was not warm. */
const FEW_PER_S = 200;

/** A rate that is a share of a capacity is no better known than that capacity, and none that is more than all of it lasts. */
export function judgeShare(rate: string, context: LayoutContext): Finding[] {
  const { jobsPerS } = context.capacity;
  const { ratePerS, text } = resolveRate(rate, context);
  if (jobsPerS === undefined || !text.includes('%')) return [];
  if (ratePerS > jobsPerS) {
    const message = `overload: ${rate} of what it was measured to carry; the backlog grows for as long as jobs come, and a latency would tell no more than how long that was: give less than 100%`;
    return [{ severity: 'warning', code: 'overload', message }];
  }
  if (jobsPerS >= FEW_PER_S) return [];
  const message = `the rate is a share of a capacity of ${digits(jobsPerS)} jobs/s, which few jobs were measured for, some of them at a cold start: give jobs per second by --rate`;
  return [{ severity: 'warning', code: 'rough-capacity', message }];
}

/** What one of so many producers sends in an open loop, so that all of them together send at the rate. */
export function openLoad(ratePerS: number, p: { readonly producers: number; readonly duration: number }) {
  const [kind, arrivals] = ['open', 'poisson'] as const;
  return { kind, arrivals, ratePerS: ratePerS / p.producers, durationMs: p.duration } satisfies Load;
}

function share(part: number, carried: number) {
  const ratePerS = part * carried;
  return { ratePerS, text: `${digits(ratePerS)}/s = ${digits(part * 100)} %` };
}
