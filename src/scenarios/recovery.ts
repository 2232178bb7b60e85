import { z } from 'zod';
import type { Fault } from '../core/layout.js';
import type { Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { count, duration, workText } from '../core/units.js';
import { median } from '../stats/quantile.js';
import { digits, ranked } from './common/lesson.js';
import { common, commonLayout, warmUp, workNeeds } from './common/params.js';
import { capacityOf, openLoad, rateText, resolveRate } from './common/rate.js';

const params = z.object({
  ...common,
  work: workText.default('io:20ms').describe('what a job does: long enough that a worker has some in its hands'),
  workers: count({ min: 1, max: 64 }).default(2).describe('processes that execute; killed in turn'),
  duration: duration({ min: 200, max: 3_600_000 })
    .default(6000)
    .describe('how long jobs arrive; longer for many kills'),
  rate: rateText,
  kills: count({ min: 1, max: 100 }).default(3).describe('how often a worker is killed, at random moments'),
  down: duration({ min: 0, max: 600_000 }).default(300).describe('how long until a killed worker is started again'),
  within: duration({ min: 100, max: 3_600_000 })
    .default(10_000)
    .describe('adapters that need longer to start a dead worker’s jobs again are left out: a trial waits for them'),
});
type P = z.infer<typeof params>;

const OPEN = 'open';
/** What is done in so much time after a kill is held against what arrived in it. */
const DIP_MS = 1000;

/** What the death of a worker costs. At-most-once loses what it had in its hands: that is the answer, not a fault. */
export default {
  question: 'A worker is killed under load: how long until its jobs go on, and what is lost or repeated?',
  byDefault: false,
  model: 'open loop, workers killed by SIGKILL and started again',
  params,
  calibrate: capacityOf,
  metrics: {
    recovery_p50: { label: 'recovery p50', unit: 'ms', better: 'lower' },
    recovery_max: { label: 'recovery max', unit: 'ms', better: 'lower' },
    lost_per_kill: { label: 'lost per kill', unit: 'count', better: 'lower' },
    repeated: { label: 'repeated', unit: 'count', better: 'lower' },
    dip: { label: 'dip', unit: 'percent', better: 'lower' },
  },
  requires: (p, { recoveryMs = 0 }) => ({
    topology: 'shared',
    ...workNeeds(p),
    ...(recoveryMs > p.within && { recoveryMs: p.within }),
  }),
  describe: (p, context) => `${resolveRate(p.rate, context).text}, ${p.kills} ${p.kills === 1 ? 'kill' : 'kills'}`,
  layout([p], context) {
    const gapMs = Math.max(p.duration / p.kills, 2 * p.down + 500);
    const jobs = openLoad(resolveRate(p.rate, context).ratePerS, { ...p, duration: gapMs * p.kills });
    return commonLayout(p, [warmUp(p), { name: OPEN, workers: 'on', jobs, faults: kills(p, gapMs), until: 'settled' }]);
  },
  measure(timeline) {
    const times = recoveries(timeline);
    const struck = killsOf(timeline).length;
    const { indices } = phaseOf(timeline, OPEN);
    const none = { refused: whyNone(timeline) };
    return {
      recovery_p50: times.length === 0 ? none : median(times),
      recovery_max: times.length === 0 ? none : Math.max(...times),
      lost_per_kill: struck === 0 ? none : indices.filter((i) => isLost(timeline, i)).length / struck,
      repeated: indices.filter((i) => (timeline.completions[i] as number) > 1).length,
      dip: dip(timeline),
    };
  },
  judge(timeline, _, { traits: { recoveryMs = Number.POSITIVE_INFINITY } }) {
    const worst = Math.max(0, ...recoveries(timeline));
    if (worst <= recoveryMs) return [];
    const message = `a killed worker's job was started again after ${digits(worst)} ms; promised are ${digits(recoveryMs)} ms`;
    return [{ severity: 'invalid', code: 'late-recovery', message }];
  },
  lesson(cells) {
    const back = ranked(cells, 'recovery_max', 'lower').map(
      (cell) => `${digits(cell.values.recovery_max ?? 0)} ms on ${cell.adapter}`,
    );
    const losing = ranked(cells, 'lost_per_kill', 'lower').filter((cell) => (cell.values.lost_per_kill ?? 0) > 0);
    const lost = losing.map((cell) => `${cell.adapter} loses ${digits(cell.values.lost_per_kill ?? 0)} jobs a kill`);
    const said = [
      ...(back.length > 0 ? [`After a worker's death its jobs go on within ${back.join(', ')}.`] : []),
      ...(lost.length > 0 ? [`At most once means that ${lost.join(', ')}.`] : []),
    ];
    return said.length === 0 ? undefined : said.join(' ');
  },
} satisfies Scenario<P, string>;

/** One in the middle half of each stretch, so that they are neither at the edges nor on top of each other. */
function kills(p: P, gapMs: number): Fault[] {
  return Array.from({ length: p.kills }, (_, n) => ({
    kind: 'kill' as const,
    role: 'worker' as const,
    ordinal: n % p.workers,
    atMs: (n + 0.25) * gapMs,
    withinMs: 0.5 * gapMs,
    forMs: p.down,
  }));
}

function killsOf({ strikes }: Timeline) {
  return strikes
    .map((strike, at) => ({ ...strike, at }))
    .filter(({ kind, phase }) => kind === 'kill' && phase === OPEN);
}

/** Of each kill, in ms: until the last job that was in the worker's hands had been started again. */
function recoveries(timeline: Timeline): number[] {
  return killsOf(timeline).flatMap(({ at, atMs }) => {
    // A job that was done but not yet reported may stay done: nothing of it has to be recovered.
    const again = timeline.held.filter(({ strike, againMs }) => strike === at && !Number.isNaN(againMs));
    return again.length === 0 ? [] : [Math.max(...again.map(({ againMs }) => againMs)) - atMs];
  });
}

function isLost(timeline: Timeline, i: number): boolean {
  return !Number.isNaN(timeline.accepted[i]) && timeline.completions[i] === 0 && timeline.failed[i] === 0;
}

function whyNone(timeline: Timeline): string {
  const lost = timeline.held.some(({ index }) => isLost(timeline, index));
  return lost ? 'what was lost is never started again' : 'no worker had a job in its hands when it was killed';
}

/** How much less was settled than arrived in the second after a kill, over all kills, in percent. */
function dip(timeline: Timeline) {
  const { indices } = phaseOf(timeline, OPEN);
  let due = 0;
  let settled = 0;
  for (const { atMs } of killsOf(timeline)) {
    const inside = (at: number | undefined) => at !== undefined && at >= atMs && at < atMs + DIP_MS;
    due += indices.filter((i) => inside(timeline.due[i])).length;
    settled += indices.filter((i) => inside(timeline.settled[i])).length;
  }
  return due === 0 ? { refused: 'no job arrived after a kill' } : 100 * (1 - settled / due);
}
