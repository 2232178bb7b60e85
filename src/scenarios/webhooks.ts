import { z } from 'zod';
import type { Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { count, duration } from '../core/units.js';
import { digits, ranked } from './common/lesson.js';
import { backlogGrowth, judgeRate, latency, unstableFinding } from './common/openloop.js';
import { common, commonLayout, warmUp } from './common/params.js';
import { capacityOf, openLoad, rateText, resolveRate } from './common/rate.js';

const { work: _, ...others } = common;
const params = z.object({
  ...others,
  takes: duration({ max: 60_000 }).default(10).describe('how long an event takes to have its effect'),
  sink: z
    .enum(['idempotent', 'naive'])
    .default('idempotent')
    .describe('idempotent: an event that had its effect has none again; naive: it does as often as it is told'),
  duration: duration({ min: 200, max: 3_600_000 }).default(5000).describe('how long webhooks arrive'),
  rate: rateText,
  twice: z.coerce.number().min(0).max(100).default(20).describe('events that are delivered twice, in percent'),
  shuffled: count({ min: 2, max: 1000 })
    .default(10)
    .describe('deliveries in a row whose order is random; both deliveries of an event are among them'),
});
type P = z.infer<typeof params>;

const PHASE = 'deliveries';

/**
 * Webhooks as they come: some twice within milliseconds, and not in the order of their events. Each is enqueued with the
 * key of its event, and has its effect at a sink. The witness is the event log.
 */
export default {
  question: 'Webhooks arrive twice and out of order: has each event exactly one effect?',
  byDefault: false,
  model: 'open loop, latency from the first delivery of an event',
  params,
  calibrate: capacityOf,
  metrics: {
    effects_missing: { label: 'effects missing', unit: 'count', better: 'lower' },
    effects_extra: { label: 'effects extra', unit: 'count', better: 'lower' },
    repeats_run: { label: 'repeats run', unit: 'count', better: 'lower' },
    dedupe_share: { label: 'dropped repeats', unit: 'percent', better: 'higher' },
    total_p50: { label: 'total p50', unit: 'ms', better: 'lower' },
    total_p99: { label: 'total p99', unit: 'ms', better: 'lower' },
  },
  quantiles: { total_p50: ['total', 0.5], total_p99: ['total', 0.99] },
  samples: 'events',
  requires: () => ({ unique: true }),
  describe: (p, context) => `${resolveRate(p.rate, context).text}, ${p.twice} % twice`,
  layout([p], context) {
    const jobs = openLoad(resolveRate(p.rate, context).ratePerS, p);
    const effect = { ms: p.takes, sink: p.sink };
    const job = { deliveries: { twice: p.twice / 100, shuffled: p.shuffled, effect } };
    const like = { ...p, work: `io:${p.takes}ms` };
    return commonLayout(like, [warmUp(like), { name: PHASE, workers: 'on', jobs, job, until: 'settled' }]);
  },
  measure(timeline) {
    const events = eventsOf(timeline);
    const growth = growthOf(timeline, events);
    const total = totals(events);
    const repeats = sum(events, ({ deliveries }) => deliveries - 1);
    const dropped = sum(events, ({ deliveries, runs }) => (runs > 0 ? Math.max(0, deliveries - runs) : 0));
    return {
      effects_missing: events.filter(({ effects }) => effects === 0).length,
      effects_extra: sum(events, ({ effects }) => Math.max(0, effects - 1)),
      repeats_run: sum(events, ({ runs }) => Math.max(0, runs - 1)),
      dedupe_share: repeats === 0 ? { refused: 'no event was delivered twice' } : (100 * dropped) / repeats,
      total_p50: latency(total, 0.5, growth),
      total_p99: latency(total, 0.99, growth),
    };
  },
  judge(timeline) {
    const growth = growthOf(timeline, eventsOf(timeline));
    return growth === undefined ? judgeRate(timeline, PHASE) : [unstableFinding(growth)];
  },
  spans: (timeline) => ({ total: totals(eventsOf(timeline)) }),
  lesson(cells) {
    const all = ranked(cells, 'effects_extra', 'lower');
    if (all.length === 0) return undefined;
    const rows = all.map((cell) => {
      const { repeats_run = 0, dedupe_share = 0 } = cell.values;
      return `${cell.adapter} dropped ${digits(dedupe_share)} % of the repeats and ran ${digits(repeats_run)} of them`;
    });
    const total = (metric: string) => all.reduce((whole, { values }) => whole + (values[metric] ?? 0), 0);
    const [missing, extra, ran] = ['effects_missing', 'effects_extra', 'repeats_run'].map(total);
    if (missing === 0 && extra === 0 && ran !== 0)
      return `${rows.join('; ')}. Each event had one effect, because the sink knew the event too: a key holds only while its job waits.`;
    return `${rows.join('; ')}. ${missing === 0 && extra === 0 ? 'Each event had one effect.' : `${digits(missing ?? 0)} effects are missing, ${digits(extra ?? 0)} too many.`}`;
  },
} satisfies Scenario<P, string>;

interface Event {
  readonly due: number;
  readonly finished: number;
  readonly deliveries: number;
  /** Executions that ended without throwing. */
  readonly runs: number;
  readonly effects: number;
}

/** What became of each event whose delivery was accepted, in order of their first deliveries. */
function eventsOf(timeline: Timeline): Event[] {
  const events = new Map<number, Event>();
  for (const i of phaseOf(timeline, PHASE).indices) {
    if (Number.isNaN(timeline.accepted[i])) continue; // refused, and said so: the sender tries again
    const key = timeline.keys?.[i] ?? -1;
    const before = events.get(key);
    const finished = timeline.finished[i] as number;
    events.set(key, {
      due: before?.due ?? (timeline.due[i] as number),
      finished: earlier(before?.finished, finished),
      deliveries: (before?.deliveries ?? 0) + 1,
      runs: (before?.runs ?? 0) + (timeline.completions[i] as number),
      effects: (before?.effects ?? 0) + (timeline.effects?.[i] ?? 0),
    });
  }
  return [...events.values()];
}

/** NaN = never. */
function earlier(a: number | undefined, b: number): number {
  return a !== undefined && (Number.isNaN(b) || a < b) ? a : b;
}

function totals(events: readonly Event[]): Float64Array {
  return Float64Array.from(events, ({ due, finished }) => finished - due);
}

/** Of events, because a delivery that was dropped never ends. */
function growthOf(timeline: Timeline, events: readonly Event[]): number | undefined {
  const column = (of: (event: Event) => number) => Float64Array.from(events, of);
  return backlogGrowth(
    column(({ due }) => due),
    column(({ finished }) => finished),
    phaseOf(timeline, PHASE).window,
  );
}

function sum(events: readonly Event[], of: (event: Event) => number): number {
  return events.reduce((total, event) => total + of(event), 0);
}
