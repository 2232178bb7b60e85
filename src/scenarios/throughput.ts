import { z } from 'zod';
import type { Phase } from '../core/layout.js';
import type { LayoutContext, LessonCell, Scenario } from '../core/scenario.js';
import { phaseOf } from '../core/timeline.js';
import { count, duration } from '../core/units.js';
import { factor, ranked } from './common/lesson.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';
import { LEAST_MS, SKIP, solidRate, unbrokenRate } from './common/solidrate.js';
import { marks } from './common/spans.js';

const params = z.object({
  ...common,
  duration: duration({ min: 100, max: 3_600_000 })
    .default(1000)
    .describe('length of the pipeline phase; enqueue and drain get as many jobs as it carried'),
  jobs: count({ min: 2, max: 5_000_000 })
    .optional()
    .describe('jobs to enqueue and drain, instead of as many as fit the duration'),
  inflight: count({ min: 1, max: 4096 }).default(64).describe('enqueue calls in flight in each producer'),
  batch: count({ min: 1, max: 10_000 }).default(1).describe('jobs per call; more than 1 uses the bulk path'),
});
type P = z.infer<typeof params>;

/** The enqueue phase ends early where going on would be far more jobs than can be drained in the duration. */
const MOST_TIMES = 3;

/** How many jobs per second: taken in, worked off, and both at once. */
export default {
  question: 'How many jobs per second can it take in, work off, and do both at once?',
  byDefault: true,
  model: 'closed loop: as fast as the backend allows',
  params,
  calibrate: () => ['jobsPerS'],
  metrics: {
    enqueue_rate: { label: 'enqueue', unit: 'jobs/s', better: 'higher' },
    drain_rate: { label: 'drain', unit: 'jobs/s', better: 'higher' },
    pipeline_rate: { label: 'pipeline', unit: 'jobs/s', better: 'higher' },
  },
  requires: (p) => ({ ...workNeeds(p), ...(p.batch > 1 && { bulk: true }) }),
  describe: (p, context) => `${jobsFor(p, context).toLocaleString('en-US')} jobs`,
  layout: ([p], context) => commonLayout(p, [warmUp(p), ...phases(p, context)]),
  measure(timeline, p) {
    const pipeline = phaseOf(timeline, 'pipeline').window;
    return {
      enqueue_rate: solidRate(marks(timeline, 'enqueue', 'accepted')),
      drain_rate: solidRate(marks(timeline, 'enqueue', 'settled')),
      pipeline_rate: unbrokenRate(
        marks(timeline, 'pipeline', 'settled'),
        pipeline.startMs + p.duration * SKIP,
        pipeline.startMs + p.duration,
        p.workers * p.concurrency,
      ),
    };
  },
  lesson(cells) {
    const promise = ({ traits }: LessonCell) => `${traits.delivery}, ${traits.durability}`;
    const classes = [...new Set(cells.map(promise))].map((which) => {
      return sentence(
        which,
        cells.filter((cell) => promise(cell) === which),
      );
    });
    const said = classes.filter((text) => text !== undefined);
    return said.length === 0 ? undefined : said.join(' ');
  },
} satisfies Scenario<P, string>;

/** Only among those that promise the same: a weaker promise is cheaper to keep. */
function sentence(promise: string, cells: readonly LessonCell[]): string | undefined {
  const [best, ...others] = ranked(cells, 'pipeline_rate', 'higher');
  if (best === undefined || others.length === 0) return undefined;
  const rest = others.map(
    (cell) => `${factor(best.values.pipeline_rate, cell.values.pipeline_rate)} of ${cell.adapter}`,
  );
  const played = best.traits.simulated ? ' (simulated on this machine: no network, no real boot)' : '';
  return `Among ${promise}, ${best.adapter} carries the most jobs with workers running: ${rest.join(', ')}${played}.`;
}

function phases(p: P, context: LayoutContext): Phase[] {
  const jobs = jobsFor(p, context);
  const maxMs = Math.max(30_000, 10 * p.duration);
  const { inflight: inFlight, batch } = p;
  // Where jobs are taken in much faster than they are done, so many are over before a rate can be told.
  const more = p.jobs === undefined ? { least: { ms: LEAST_MS, mostJobs: MOST_TIMES * jobs } } : {};
  return [
    {
      name: 'enqueue',
      workers: 'off',
      jobs: { kind: 'count', jobs, inFlight, batch, maxMs, ...more },
      until: 'produced',
    },
    { name: 'drain', workers: 'on', until: 'settled' },
    {
      name: 'pipeline',
      workers: 'on',
      jobs: { kind: 'saturate', durationMs: p.duration, inFlight, batch },
      until: 'settled',
    },
  ];
}

/** As many as the backend carries in the given duration, so that slow and fast backends take about as long. */
function jobsFor(p: P, { capacity }: LayoutContext): number {
  if (p.jobs !== undefined) return p.jobs;
  const fitting = Math.round(((capacity.jobsPerS ?? 1000) * p.duration) / 1000);
  return Math.min(2_000_000, Math.max(50, fitting));
}
