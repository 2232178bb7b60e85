import { z } from 'zod';
import type { Refused } from '../core/metric.js';
import type { LessonCell, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline, type Usage } from '../core/timeline.js';
import type { Traits } from '../core/traits.js';
import { duration } from '../core/units.js';
import { digits, ranked } from './common/lesson.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';
import { span } from './common/spans.js';

const params = z.object({
  ...common,
  duration: duration({ min: 100, max: 3_600_000 }).default(5000).describe('how long nothing happens'),
});
type P = z.infer<typeof params>;

/** What a backend costs that has nothing to do, and how soon it is awake again. */
export default {
  question: 'What does it cost when there is nothing to do, and how soon does the next job start?',
  byDefault: false,
  model: 'nothing for a while, then one job',
  params,
  calibrate: () => [],
  metrics: {
    idle_cpu: { label: 'idle CPU', unit: 'percent', better: 'lower' },
    wakeups: { label: 'wake-ups/s', unit: '/s', better: 'lower' },
    queries: { label: 'queries/s', unit: '/s', better: 'lower' },
    pickup: { label: 'pickup', unit: 'ms', better: 'lower' },
  },
  requires: workNeeds,
  layout: ([p]) =>
    commonLayout(p, [
      warmUp(p),
      { name: 'idle', workers: 'on', restMs: p.duration, until: 'produced' },
      {
        name: 'pickup',
        workers: 'on',
        jobs: { kind: 'count', jobs: 1, inFlight: 1, batch: 1, maxMs: 30_000 },
        until: 'settled',
      },
    ]),
  measure(timeline, _, { traits }) {
    const { window } = phaseOf(timeline, 'idle');
    const seconds = (window.endMs - window.startMs) / 1000;
    const usage = timeline.usage.filter(({ phase }) => phase === 'idle');
    return {
      idle_cpu: cpuPercent(usage),
      wakeups: wakeups(usage),
      queries: window.queries === undefined ? uncounted(traits) : window.queries / seconds,
      pickup: pickup(timeline),
    };
  },
  measured: () => ['idle'],
  lesson(cells) {
    const all = ranked(cells, 'pickup', 'lower');
    if (all.length === 0) return undefined;
    return `After a rest the next job starts within ${all.map(said).join(', ')}.`;
  },
} satisfies Scenario<P, string>;

/** Of one processor, by everybody: workers, producers, and the server where it is ours. */
function cpuPercent(usage: readonly Usage[]): number | Refused {
  if (usage.length === 0) return { refused: 'no process told what it used' };
  return usage.reduce((sum, { cpuMs, wallMs }) => sum + (100 * cpuMs) / wallMs, 0);
}

function uncounted({ topology }: Traits): Refused {
  if (topology === 'embedded') return { refused: 'the queue is in the memory of its process: there is nobody to ask' };
  return { refused: 'nobody counts what this backend is asked, or others ask it as well' };
}

/** Of everybody, as the processor time is. */
function wakeups(usage: readonly Usage[]): number | Refused {
  const counted = usage.filter(({ sleeps }) => sleeps !== undefined);
  if (counted.length === 0) return { refused: 'this platform does not count wake-ups' };
  return counted.reduce((sum, { sleeps = 0, wallMs }) => sum + (1000 * sleeps) / wallMs, 0);
}

function pickup(timeline: Timeline): number | Refused {
  const [ms] = span(timeline, 'pickup', 'due', 'started');
  return ms === undefined || Number.isNaN(ms) ? { refused: 'the job did not start' } : ms;
}

function said(cell: LessonCell): string {
  const { pickup: ms = 0, idle_cpu: cpu } = cell.values;
  const cost = cpu === undefined ? '' : ` (resting at ${digits(cpu)} % CPU)`;
  return `${digits(ms)} ms on ${cell.adapter}${cost}`;
}
