import { z } from 'zod';
import type { LayoutContext, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { count, duration, workText } from '../core/units.js';
import { present, printableQuantile } from '../stats/quantile.js';
import { digits, ranked } from './common/lesson.js';
import { common, commonLayout, filling, warmUp, workNeeds } from './common/params.js';
import { openLoad, rateText, resolveRate } from './common/rate.js';
import { span } from './common/spans.js';

const params = z.object({
  ...common,
  work: workText.default('io:5ms').describe('what a job does, urgent or not'),
  duration: duration({ min: 200, max: 3_600_000 }).default(5000).describe('how long urgent jobs arrive'),
  rate: rateText,
  jobs: count({ min: 1, max: 5_000_000 })
    .optional()
    .describe('bulk jobs that are waiting when the first urgent one arrives; default: as many as keep the queue full'),
});
type P = z.infer<typeof params>;

const URGENT = { priority: 1 };
const BULK = { priority: 100 };
/** Workers take so much longer for the bulk jobs alone than urgent ones arrive. */
const FULL = 1.25;

/** Whether an urgent job overtakes a full queue. */
export default {
  question: 'How long does an urgent job wait behind a full queue of bulk jobs?',
  byDefault: false,
  model: 'bulk jobs enqueued first, then urgent ones in an open loop while workers run',
  params,
  calibrate: () => ['jobsPerS'],
  metrics: {
    urgent_wait_p50: { label: 'urgent wait p50', unit: 'ms', better: 'lower' },
    urgent_wait_p99: { label: 'urgent wait p99', unit: 'ms', better: 'lower' },
    bulk_wait_p50: { label: 'bulk wait p50', unit: 'ms', better: 'lower' },
    bulk_wait_p99: { label: 'bulk wait p99', unit: 'ms', better: 'lower' },
    urgent_share: { label: 'urgent first', unit: 'percent', better: 'higher' },
  },
  quantiles: {
    urgent_wait_p50: ['urgent', 0.5],
    urgent_wait_p99: ['urgent', 0.99],
    bulk_wait_p50: ['bulk', 0.5],
    bulk_wait_p99: ['bulk', 0.99],
  },
  requires: (p) => ({ priorities: true, ...workNeeds(p) }),
  describe: (p, context) =>
    `${resolveRate(p.rate, context).text} behind ${bulkJobs(p, context).toLocaleString('en-US')}`,
  layout([p], context) {
    const fill = filling(bulkJobs(p, context), p.duration);
    const open = openLoad(resolveRate(p.rate, context).ratePerS, p);
    return commonLayout(p, [
      warmUp(p),
      { name: 'bulk', workers: 'off', jobs: fill, job: BULK, until: 'produced' },
      { name: 'urgent', workers: 'on', jobs: open, job: URGENT, until: 'settled' },
    ]);
  },
  measure(timeline) {
    const { urgent, bulk } = waits(timeline);
    return {
      urgent_wait_p50: printableQuantile(present(urgent), 0.5),
      urgent_wait_p99: printableQuantile(present(urgent), 0.99),
      bulk_wait_p50: printableQuantile(present(bulk), 0.5),
      bulk_wait_p99: printableQuantile(present(bulk), 0.99),
      urgent_share: urgentShare(timeline),
    };
  },
  spans: waits,
  lesson(cells) {
    const all = ranked(cells, 'urgent_wait_p50', 'lower');
    if (all.length === 0) return undefined;
    const rows = all.map((cell) => {
      const bulk = cell.values.bulk_wait_p50;
      const than = bulk === undefined ? '' : ` (bulk ${digits(bulk)} ms)`;
      return `${digits(cell.values.urgent_wait_p50 ?? 0)} ms on ${cell.adapter}${than}`;
    });
    return `Behind a full queue half of the urgent jobs start within ${rows.join(', ')}.`;
  },
} satisfies Scenario<P, string>;

/** As many as keep workers busy for as long as urgent jobs arrive, which take their share too. */
function bulkJobs(p: P, { capacity }: LayoutContext): number {
  if (p.jobs !== undefined) return p.jobs;
  return Math.min(1_000_000, Math.max(50, Math.round(((capacity.jobsPerS ?? 1000) * FULL * p.duration) / 1000)));
}

/** Bulk jobs wait from the moment at which workers took the first of them; nobody could have started them before. */
function waits(timeline: Timeline): { urgent: Float64Array; bulk: Float64Array } {
  const { indices } = phaseOf(timeline, 'bulk');
  const started = Float64Array.from(indices, (i) => timeline.started[i] as number);
  const begun = present(started)[0] ?? Number.NaN;
  return { urgent: span(timeline, 'urgent', 'due', 'started'), bulk: started.map((at) => at - begun) };
}

/** Of the jobs that started while both kinds were waiting, how many were urgent, in percent: 100 is strict priority. */
function urgentShare(timeline: Timeline) {
  const urgent = queueOf(timeline, 'urgent');
  const bulk = queueOf(timeline, 'bulk');
  const contested = (at: number) => urgent.waiting(at) > 0 && bulk.waiting(at) > 0;
  const first = urgent.starts.filter(contested).length;
  const all = first + bulk.starts.filter(contested).length;
  return all === 0 ? { refused: 'the two kinds never waited at the same time' } : (100 * first) / all;
}

function queueOf(timeline: Timeline, phase: string) {
  const { indices } = phaseOf(timeline, phase);
  const begun = indices.filter((i) => !Number.isNaN(timeline.started[i] as number));
  const came = Float64Array.from(begun, (i) => timeline.accepted[i] as number).filter((at) => !Number.isNaN(at));
  const starts = Float64Array.from(begun, (i) => timeline.started[i] as number).sort();
  came.sort();
  return { starts, waiting: (at: number) => before(came, at) - before(starts, at) };
}

/** How many of the ascending times lie before `at`. */
function before(times: Float64Array, at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
