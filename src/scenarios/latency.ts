import { z } from 'zod';
import type { LayoutContext, Scenario } from '../core/scenario.js';
import { duration } from '../core/units.js';
import { digits, ranked } from './common/lesson.js';
import { achievedRate, judgeOpen, latency, unstable } from './common/openloop.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';
import { judgeShare, rateText, resolveRate } from './common/rate.js';
import { span } from './common/spans.js';

const params = z.object({
  ...common,
  duration: duration({ min: 200, max: 3_600_000 }).default(5000).describe('how long jobs arrive'),
  rate: rateText,
  arrivals: z.enum(['poisson', 'constant']).default('poisson').describe('how arrivals are spread'),
});
type P = z.infer<typeof params>;

/** How long a job waits at a rate that the backend can carry. */
export default {
  question: 'How long does a job wait, and how long until it is done, at a rate the backend can carry?',
  byDefault: true,
  model: 'open loop, latency from the intended time',
  params,
  calibrate: () => ['jobsPerS'],
  metrics: {
    enqueue_p50: { label: 'enqueue p50', unit: 'ms', better: 'lower' },
    enqueue_p99: { label: 'enqueue p99', unit: 'ms', better: 'lower' },
    wait_p50: { label: 'wait p50', unit: 'ms', better: 'lower' },
    wait_p99: { label: 'wait p99', unit: 'ms', better: 'lower' },
    total_p50: { label: 'total p50', unit: 'ms', better: 'lower' },
    total_p99: { label: 'total p99', unit: 'ms', better: 'lower' },
    total_p999: { label: 'total p99.9', unit: 'ms', better: 'lower' },
    total_max: { label: 'total max', unit: 'ms', better: 'lower' },
    achieved_rate: { label: 'achieved', unit: 'jobs/s', better: 'higher' },
  },
  quantiles: {
    enqueue_p50: ['enqueue', 0.5],
    enqueue_p99: ['enqueue', 0.99],
    wait_p50: ['wait', 0.5],
    wait_p99: ['wait', 0.99],
    total_p50: ['total', 0.5],
    total_p99: ['total', 0.99],
    total_p999: ['total', 0.999],
  },
  requires: workNeeds,
  describe: (p, context) => resolveRate(p.rate, context).text,
  layout([p], context) {
    const { ratePerS } = resolveRate(p.rate, context);
    const load = {
      kind: 'open' as const,
      arrivals: p.arrivals,
      ratePerS: ratePerS / p.producers,
      durationMs: p.duration,
    };
    return commonLayout(p, [warmUp(p), { name: 'open', workers: 'on', jobs: load, until: 'settled' }]);
  },
  measure(timeline) {
    const growth = unstable(timeline, 'open');
    const { enqueue, wait, total } = spansOf(timeline);
    return {
      enqueue_p50: latency(enqueue, 0.5, growth),
      enqueue_p99: latency(enqueue, 0.99, growth),
      wait_p50: latency(wait, 0.5, growth),
      wait_p99: latency(wait, 0.99, growth),
      total_p50: latency(total, 0.5, growth),
      total_p99: latency(total, 0.99, growth),
      total_p999: latency(total, 0.999, growth),
      total_max: latency(total, 1, growth),
      achieved_rate: achievedRate(timeline, 'open'),
    };
  },
  judge: (timeline, p, context: LayoutContext) => [
    ...judgeOpen(timeline, 'open', context),
    ...judgeShare(p.rate, context),
  ],
  spans: spansOf,
  lesson(cells) {
    const [best, ...others] = ranked(cells, 'wait_p50', 'lower');
    if (best === undefined) return undefined;
    const typical = (cell: typeof best) => `${digits(cell.values.wait_p50 ?? 0)} ms on ${cell.adapter}`;
    return `Half of the jobs start within ${[best, ...others].map(typical).join(', ')}.`;
  },
} satisfies Scenario<P, string>;

function spansOf(timeline: Parameters<typeof span>[0]) {
  return {
    enqueue: span(timeline, 'open', 'due', 'accepted'),
    wait: span(timeline, 'open', 'due', 'started'),
    total: span(timeline, 'open', 'due', 'finished'),
  };
}
