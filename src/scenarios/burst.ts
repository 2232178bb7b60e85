import { z } from 'zod';
import type { LessonCell, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { count, duration } from '../core/units.js';
import { lengthText } from './common/arrivals.js';
import { digits } from './common/lesson.js';
import { common } from './common/params.js';
import { observedTotal } from './common/phases.js';
import { marks } from './common/spans.js';
import { requestLoss, webQuantile } from './common/web.js';

const params = z.object({
  jobs: count({ min: 1, max: 1_000_000 }).default(1000).describe('jobs that come at once'),
  length: lengthText.default('2s').describe('how long a job takes: 2s, or a distribution as exponential:2s'),
  cap: count({ min: 1, max: 100_000 })
    .optional()
    .describe('machines at once; several are compared when it is not given'),
  connections: count({ min: 1, max: 100_000 })
    .default(100)
    .describe('connections that the database of the web tier takes (PostgreSQL: max_connections)'),
  perMachine: count({ min: 0, max: 1000 })
    .default(5)
    .describe('of these, how many each machine opens with its first job and holds until it stops'),
  webRate: z.coerce.number().min(0.1).max(5000).default(50).describe('web requests a second that need one each'),
  webHolds: duration({ min: 0.1, max: 60_000 }).default(20).describe('how long a web request holds its connection'),
  webTimeout: duration({ min: 1, max: 600_000 }).default(5000).describe('who waits so long for one gives up'),
  attempts: count({ min: 1, max: 100 }).default(3).describe('tries of a job in all, where the database has no room'),
  concurrency: common.concurrency.default(1024),
});
type P = z.infer<typeof params>;

const CAPS = { virtual: [4, 8, 16, 32, 128], real: [1, 4] } as const;

/** What a cap on machines does to the time until a burst is over, and to the database that the web tier needs too. */
export default {
  question: 'Very many jobs come at once: how soon is it over, and what becomes of the web tier meanwhile?',
  byDefault: false,
  virtual: true,
  model: 'all jobs at once; web requests in an open loop, on a database with a limited number of connections',
  params,
  calibrate: () => [],
  metrics: {
    empty_after: { label: 'until the last job is done', unit: 's', better: 'lower' },
    peak_machines: { label: 'most machines at once', unit: 'count', better: 'lower' },
    db_peak: { label: 'most connections at once', unit: 'count', better: 'lower' },
    machines_refused: { label: 'machines that the database had no room for', unit: 'count', better: 'lower' },
    web_p99: { label: 'web p99 during the burst', unit: 'ms', better: 'lower' },
    web_refused: { label: 'web requests without a connection in time', unit: 'percent', better: 'lower' },
    jobs_failed: { label: 'jobs that failed', unit: 'count', better: 'lower' },
  },
  shown: ['cap'],
  sweeps: ['maxMachines'],
  requires: () => ({}),
  settings: (p) => ({ maxMachines: p.cap ?? 8 }),
  expand: (p, _, profile) =>
    p.cap === undefined ? CAPS[profile === 'virtual' ? 'virtual' : 'real'].map((cap) => ({ ...p, cap })) : [p],
  describe: (p) => `${p.jobs.toLocaleString('en-US')} jobs of ${p.length}`,
  layout([p], { time }) {
    const atMs = new Array<number>(p.jobs).fill(0);
    const database = {
      ...{ connections: p.connections, perMachine: p.perMachine, webPerS: p.webRate },
      ...{ webHoldsMs: p.webHolds, timeoutMs: p.webTimeout },
    };
    const jobs = { kind: 'listed' as const, atMs, durationMs: 1 };
    return {
      ...{ producers: 1, workers: 1, payloadBytes: 0, work: { kind: 'noop' as const } },
      concurrency: p.concurrency,
      attempts: time === 'virtual' ? p.attempts : 1,
      phases: [{ name: 'burst', workers: 'on' as const, jobs, job: { takes: p.length }, until: 'settled' as const }],
      ...(time === 'virtual' && { database }),
    };
  },
  measure(timeline) {
    const { window } = phaseOf(timeline, 'burst');
    const ends = marks(timeline, 'burst', 'settled');
    return {
      empty_after: ((ends.at(-1) ?? Number.NaN) - window.startMs) / 1000,
      peak_machines: observedTotal(timeline, 'peak_machines') ?? { refused: 'it starts no machines' },
      db_peak: observedTotal(timeline, 'db_peak') ?? NO_DATABASE,
      machines_refused: observedTotal(timeline, 'db_refused_machines') ?? NO_DATABASE,
      web_p99: timeline.requests.length === 0 ? NO_DATABASE : webQuantile(timeline, 'burst', 0.99),
      web_refused: timeline.requests.length === 0 ? NO_DATABASE : requestLoss(timeline, 'burst'),
      jobs_failed: failures(timeline),
    };
  },
  lesson(cells) {
    const said = cells.filter(({ status, values }) => status === 'ok' && values.empty_after !== undefined);
    const [first] = said;
    if (first === undefined) return undefined;
    const { jobs, length } = first.params;
    return `${Number(jobs).toLocaleString('en-US')} jobs of ${String(length)} at once: ${said.map(capWords).join('; ')}.`;
  },
} satisfies Scenario<P, string>;

const NO_DATABASE = { refused: 'the database is simulated: jobbench simulate --scenario burst' };

function failures(timeline: Timeline): number {
  return timeline.failed.reduce((sum, one) => sum + one, 0);
}

function capWords({ params, values }: LessonCell): string {
  const { empty_after = 0, web_refused, web_p99, jobs_failed = 0, db_peak } = values;
  const parts = [`cap=${String(params.cap)} is done after ${digits(empty_after)} s`];
  if (db_peak !== undefined) parts.push(`${digits(db_peak)} connections at most`);
  if (web_refused !== undefined && web_refused > 0) parts.push(`${digits(web_refused)} % of web requests refused`);
  else if (web_p99 !== undefined) parts.push(`web p99 ${digits(web_p99)} ms`);
  if (jobs_failed > 0) parts.push(`${digits(jobs_failed)} jobs lost to it`);
  return parts.join(', ');
}
