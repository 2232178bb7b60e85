import { z } from 'zod';
import type { Phase } from '../core/layout.js';
import type { LayoutContext, LessonCell, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { count, duration } from '../core/units.js';
import { printableQuantile } from '../stats/quantile.js';
import { steadyRate } from '../stats/rate.js';
import { digits } from './common/lesson.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';
import { LEAST_MS, SKIP, solidRate } from './common/solidrate.js';
import { marks, span } from './common/spans.js';

/** A queue that keeps up, and one that somebody forgot over the weekend. */
const DEPTHS = [1_000, 100_000];
/** Jobs per call and calls in flight while the backlog is built, which is not measured. */
const FILL = { batch: 1_000, inFlight: 4 };
const IN_FLIGHT = 64;
/** Who enqueues much faster than workers work gets more jobs, so that there is a rate to tell. */
const MOST_ENQUEUED = 50_000;

const params = z.object({
  ...common,
  depth: count({ min: 1, max: 5_000_000 })
    .optional()
    .describe('jobs that wait while the rest is measured; default: 1000 and 100000, a list makes a cell of each'),
  duration: duration({ min: 100, max: 3_600_000 }).default(1000).describe('length of the phases at that depth'),
});
type P = z.infer<typeof params>;

/** Whether a backend slows down when jobs pile up. */
export default {
  question: 'Does it slow down when jobs pile up?',
  byDefault: false,
  model: 'closed loop, beside so many jobs that wait',
  params,
  calibrate: () => ['jobsPerS'],
  shown: ['depth'],
  metrics: {
    enqueue_rate: { label: 'enqueue', unit: 'jobs/s', better: 'higher' },
    enqueue_p50: { label: 'enqueue p50', unit: 'ms', better: 'lower' },
    enqueue_p99: { label: 'enqueue p99', unit: 'ms', better: 'lower' },
    held_rate: { label: 'at depth', unit: 'jobs/s', better: 'higher' },
    drain_rate: { label: 'drain', unit: 'jobs/s', better: 'higher' },
  },
  requires: workNeeds,
  expand: (p) => (p.depth === undefined ? DEPTHS.map((depth) => ({ ...p, depth })) : [p]),
  describe: (p) => `${depthOf(p).toLocaleString('en-US')} waiting`,
  layout: ([p], context) => commonLayout(p, [warmUp(p), ...phases(p, context)]),
  measure(timeline, p) {
    const call = span(timeline, 'enqueue', 'called', 'accepted').filter((ms) => !Number.isNaN(ms));
    const held = phaseOf(timeline, 'held').window;
    return {
      enqueue_rate: solidRate(marks(timeline, 'enqueue', 'accepted')),
      enqueue_p50: printableQuantile(call, 0.5),
      enqueue_p99: printableQuantile(call, 0.99),
      held_rate: steadyRate(timeline.settled, held.startMs + p.duration * SKIP, held.startMs + p.duration),
      drain_rate: solidRate(settledFrom(timeline, held.producedMs)),
    };
  },
  measured: () => ['enqueue', 'held', 'drain'],
  lesson(cells) {
    const adapters = [...new Set(cells.map((cell) => cell.adapter))];
    const said = adapters.map((adapter) => sentence(cells.filter((cell) => cell.adapter === adapter)));
    const sentences = said.filter((text) => text !== undefined);
    return sentences.length === 0 ? undefined : sentences.join(' ');
  },
} satisfies Scenario<P, string>;

function depthOf(p: P): number {
  return p.depth ?? DEPTHS[0] ?? 1;
}

/** Workers take from the full queue while as many jobs come in as they take, so that the depth stays. */
function phases(p: P, { traits, capacity }: LayoutContext): Phase[] {
  const maxMs = 600_000;
  const { batch, inFlight } = traits.bulk ? FILL : { batch: 1, inFlight: IN_FLIGHT };
  const fill = { kind: 'count' as const, jobs: depthOf(p), batch, inFlight, maxMs };
  const jobs = Math.min(2_000_000, Math.max(1_000, Math.round(((capacity.jobsPerS ?? 1000) * p.duration) / 1000)));
  const least = { ms: LEAST_MS, mostJobs: Math.max(jobs, MOST_ENQUEUED) };
  const enqueue = { kind: 'count' as const, jobs, least, batch: 1, inFlight: IN_FLIGHT, maxMs };
  const held = { kind: 'saturate' as const, durationMs: p.duration, batch: 1, inFlight: IN_FLIGHT };
  return [
    { name: 'fill', workers: 'off', jobs: fill, until: 'produced' },
    { name: 'enqueue', workers: 'off', jobs: enqueue, until: 'produced' },
    { name: 'held', workers: 'on', jobs: held, until: 'produced' },
    { name: 'drain', workers: 'on', until: 'settled' },
  ];
}

/** What the workers did from then on, whenever those jobs were enqueued: they do not wait for the next phase to begin. */
function settledFrom({ settled }: Timeline, startMs: number): Float64Array {
  return settled.filter((at) => at >= startMs);
}

/** How the greatest depth compares with the least. */
function sentence(cells: readonly LessonCell[]): string | undefined {
  const ok = cells
    .filter((cell) => cell.status === 'ok' && cell.values.held_rate !== undefined)
    .sort((a, b) => Number(a.params.depth) - Number(b.params.depth));
  const [least, most] = [ok[0], ok.at(-1)];
  if (least === undefined || most === undefined || least === most) return undefined;
  const ratio = (most.values.held_rate ?? 0) / (least.values.held_rate ?? 1);
  const [deep, shallow] = [most, least].map(({ params: { depth } }) => Number(depth).toLocaleString('en-US'));
  return `${least.adapter} carries ${digits(ratio)}x as many jobs with ${deep} waiting as with ${shallow}.`;
}
