import { z } from 'zod';
import type { Phase } from '../core/layout.js';
import type { Scenario } from '../core/scenario.js';
import type { Timeline } from '../core/timeline.js';
import { count, duration } from '../core/units.js';
import { digits, ranked } from './common/lesson.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';

const params = z.object({
  ...common,
  duration: duration({ min: 100, max: 600_000 }).default(1000).describe('how long each kind of call is repeated'),
  batch: count({ min: 1, max: 10_000 }).default(100).describe('jobs in each bulk call'),
});
type P = z.infer<typeof params>;

const CALLS = ['enqueue', 'enqueueAt', 'enqueueMany'] as const;

/** What one call costs the process that makes it. */
export default {
  question: 'What does one call cost the process that makes it?',
  byDefault: false,
  model: 'one call after another, each awaited, no workers (tinybench)',
  params,
  calibrate: () => [],
  metrics: {
    enqueue_call_p50: { label: 'enqueue p50', unit: 'ms', better: 'lower' },
    enqueue_call_p99: { label: 'enqueue p99', unit: 'ms', better: 'lower' },
    enqueueAt_call_p50: { label: 'enqueueAt p50', unit: 'ms', better: 'lower' },
    enqueueAt_call_p99: { label: 'enqueueAt p99', unit: 'ms', better: 'lower' },
    enqueueMany_call_p50: { label: 'bulk p50', unit: 'ms', better: 'lower' },
    enqueueMany_call_p99: { label: 'bulk p99', unit: 'ms', better: 'lower' },
  },
  requires: workNeeds,
  describe: (p) => `bulk of ${p.batch}`,
  layout([p], { traits }) {
    const able = CALLS.filter((call) =>
      call === 'enqueueAt' ? traits.schedules : call === 'enqueueMany' ? traits.bulk : true,
    );
    const phases = able.flatMap((call): Phase[] => [
      {
        name: call,
        workers: 'off',
        jobs: { kind: 'calls', call, durationMs: p.duration, batch: p.batch },
        until: 'produced',
      },
      { name: `${call}-drain`, workers: 'on', until: 'settled' },
    ]);
    return commonLayout({ ...p, producers: 1 }, [warmUp(p), ...phases]);
  },
  measure: (timeline) => ({
    enqueue_call_p50: callTime(timeline, 'enqueue', 'p50Ms'),
    enqueue_call_p99: callTime(timeline, 'enqueue', 'p99Ms'),
    enqueueAt_call_p50: callTime(timeline, 'enqueueAt', 'p50Ms'),
    enqueueAt_call_p99: callTime(timeline, 'enqueueAt', 'p99Ms'),
    enqueueMany_call_p50: callTime(timeline, 'enqueueMany', 'p50Ms'),
    enqueueMany_call_p99: callTime(timeline, 'enqueueMany', 'p99Ms'),
  }),
  lesson(cells) {
    const all = ranked(cells, 'enqueue_call_p50', 'lower');
    if (all.length === 0) return undefined;
    const rows = all.map((cell) => `${digits(1000 * (cell.values.enqueue_call_p50 ?? 0))} µs on ${cell.adapter}`);
    return `One enqueue costs its caller ${rows.join(', ')} (median).`;
  },
} satisfies Scenario<P, string>;

function callTime(timeline: Timeline, phase: string, which: 'p50Ms' | 'p99Ms') {
  const times = timeline.calls.find((one) => one.phase === phase);
  if (times === undefined) return { refused: 'this adapter has no such call' };
  if (which === 'p99Ms' && times.samples < 1000) return { refused: 'needs 1,000 calls' };
  return times[which];
}
