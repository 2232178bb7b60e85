import { z } from 'zod';
import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { LayoutContext, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { duration } from '../core/units.js';
import { digits, ranked } from './common/lesson.js';
import { judgeOpen, latency, unstable } from './common/openloop.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';
import { judgeShare, rateText, resolveRate } from './common/rate.js';
import { span } from './common/spans.js';

const params = z.object({
  ...common,
  duration: duration({ min: 200, max: 3_600_000 }).default(5000).describe('how long jobs are being scheduled'),
  rate: rateText,
  ahead: duration({ min: 0, max: 3_600_000 }).default(1000).describe('how far ahead of its time each job is scheduled'),
});
type P = z.infer<typeof params>;

/** How late scheduled jobs start. One that starts early makes the run invalid. */
export default {
  question: 'How late does a scheduled job start, and is any of them early?',
  byDefault: false,
  model: 'open loop, jobs scheduled ahead by enqueueAt',
  params,
  calibrate: () => ['jobsPerS'],
  metrics: {
    late_p50: { label: 'late p50', unit: 'ms', better: 'lower' },
    late_p99: { label: 'late p99', unit: 'ms', better: 'lower' },
    late_max: { label: 'late max', unit: 'ms', better: 'lower' },
    early: { label: 'early', unit: 'count', better: 'lower' },
  },
  quantiles: { late_p50: ['late', 0.5], late_p99: ['late', 0.99] },
  requires: (p) => ({ schedules: true, ...workNeeds(p) }),
  describe: (p, context) => resolveRate(p.rate, context).text,
  layout([p], context) {
    const ratePerS = resolveRate(p.rate, context).ratePerS / p.producers;
    const load = {
      kind: 'open' as const,
      arrivals: 'poisson' as const,
      ratePerS,
      durationMs: p.duration,
      aheadMs: p.ahead,
    };
    return commonLayout(p, [warmUp(p), { name: 'scheduled', workers: 'on', jobs: load, until: 'settled' }]);
  },
  measure(timeline) {
    const late = lateness(timeline);
    const growth = unstable(timeline, 'scheduled');
    return {
      late_p50: latency(late, 0.5, growth),
      late_p99: latency(late, 0.99, growth),
      late_max: latency(late, 1, growth),
      early: late.filter((ms) => ms < -CLOCK_PAIR_MS).length,
    };
  },
  judge: (timeline, p, context: LayoutContext) => {
    const { indices } = phaseOf(timeline, 'scheduled');
    if (indices.length > 0) return [...judgeOpen(timeline, 'scheduled', context), ...judgeShare(p.rate, context)];
    return [{ severity: 'invalid', code: 'no-jobs', message: 'no job was scheduled: raise the rate or the duration' }];
  },
  spans: (timeline) => ({ late: lateness(timeline) }),
  lesson(cells) {
    const all = ranked(cells, 'late_p50', 'lower');
    if (all.length === 0) return undefined;
    const early = all.reduce((sum, cell) => sum + (cell.values.early ?? 0), 0);
    const rows = all.map((cell) => `${digits(cell.values.late_p50 ?? 0)} ms on ${cell.adapter}`);
    return `Half of the scheduled jobs start no later than ${rows.join(', ')} after their time; ${early === 0 ? 'none was early' : `${early} were early`}.`;
  },
} satisfies Scenario<P, string>;

function lateness(timeline: Timeline): Float64Array {
  return span(timeline, 'scheduled', 'due', 'started');
}
