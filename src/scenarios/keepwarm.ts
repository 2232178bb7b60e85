import { z } from 'zod';
import { JobbenchError } from '../core/errors.js';
import type { Layout, Load } from '../core/layout.js';
import type { LayoutContext, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { count, duration, durationMs } from '../core/units.js';
import { lengthText, meanLengthMs, perSecond, slowRate } from './common/arrivals.js';
import { keepwarmLesson, paretoSet } from './common/keepwarmlesson.js';
import { judgeOpen, latency, unstable } from './common/openloop.js';
import { common } from './common/params.js';
import { observedTotal } from './common/phases.js';
import { span } from './common/spans.js';

const DAY_MS = 86_400_000;
/** An always-on fleet that is not asked for by number is busy for so much of its time at most. */
const BUSY = 0.7;
const MOST_MACHINES = 100_000;

const LONGEST_MS = 3650 * DAY_MS;

const params = z.object({
  wait: z
    .union([z.number(), z.string()])
    .transform((value) => String(value).trim())
    .refine(
      isWait,
      'a wait is a number of seconds from 0 (60), a duration (10m), of 3650 days at most, forever, or always-on',
    )
    .optional()
    .describe('how long machines stay warm: 0,60,600, a duration, forever; always-on: machines that never stop'),
  rate: slowRate.optional().describe('jobs that arrive: 20/h, 1000000/d, 5/min, 2/s'),
  length: lengthText.default('3s').describe('how long a job takes: 3s, or a distribution as exponential:3s'),
  arrivals: z
    .enum(['poisson', 'constant', 'diurnal'])
    .default('poisson')
    .describe('how arrivals are spread; diurnal: with a peak at noon and a valley at midnight'),
  trace: z
    .string()
    .default('')
    .describe('a CSV file of arrival times (and durations, and queues) in place of rate, length and arrivals'),
  jobs: count({ min: 100, max: 10_000_000 }).default(20_000).describe('jobs that arrive, where no duration is given'),
  duration: duration({ min: 1000, max: LONGEST_MS }).optional().describe('how long jobs arrive'),
  alwaysOn: count({ min: 1, max: MOST_MACHINES })
    .optional()
    .describe(`machines that are always on, to compare with; as many as are busy for ${BUSY * 100} % when not given`),
  attempts: count({ min: 1, max: 100 })
    .optional()
    .describe('tries of a job in all, where machines die in the midst of it (spawn-vm.lifetime)'),
  concurrency: common.concurrency.default(64),
});
type P = z.infer<typeof params>;

/** Params that an unset one stands for: what a day of the article's application asks, and less where it is measured. */
const SWEEP = {
  virtual: { wait: ['0', '60', '600', 'forever', 'always-on'], rate: ['20/h', '200/h'] },
  real: { wait: ['0', '2', 'forever', 'always-on'], rate: ['30/min'] },
};

/** When is it worth keeping machines warm, and what does it cost against machines that are always on. */
export default {
  question: 'How long should a machine stay warm after a job, and what does that cost?',
  byDefault: false,
  virtual: true,
  model: 'open loop, latency from the intended time; the same arrivals for every wait',
  params,
  calibrate: () => [],
  metrics: {
    total_p50: { label: 'total p50', unit: 'ms', better: 'lower' },
    total_p99: { label: 'total p99', unit: 'ms', better: 'lower' },
    cold_starts: { label: 'jobs that waited for a boot', unit: 'percent', better: 'lower' },
    resumed: { label: 'jobs that waited for a suspended machine', unit: 'percent', better: 'lower' },
    machine_s_per_1k: { label: 'machine-seconds for 1,000 jobs', unit: 's', better: 'lower' },
    of_always_on: { label: 'cost, of always-on machines', unit: 'percent', better: 'lower' },
  },
  quantiles: { total_p50: ['total', 0.5], total_p99: ['total', 0.99] },
  shown: ['wait', 'rate', 'length'],
  sweeps: ['wait'],
  requires: () => ({}),
  settings(p) {
    if (p.wait !== 'always-on') return { wait: p.wait ?? '60' };
    const machines = alwaysOn(p);
    if (machines > MOST_MACHINES)
      throw new JobbenchError(
        'USAGE',
        `keepwarm: ${p.rate} jobs of ${p.length} keep more than ${MOST_MACHINES.toLocaleString('en-US')} machines busy; lower the rate, or leave always-on out: -P wait=0,60`,
      );
    return { wait: 'forever', minWarm: machines, maxMachines: machines };
  },
  expand(p, _, profile) {
    const { wait, rate } = SWEEP[profile === 'virtual' ? 'virtual' : 'real'];
    const rates = p.trace !== '' ? [undefined] : p.rate === undefined ? rate : [p.rate];
    const waits = p.wait === undefined ? wait : [p.wait];
    return rates.flatMap((one) => waits.map((other) => ({ ...p, rate: one, wait: other })));
  },
  layout([p], context): Layout {
    return {
      ...{ producers: 1, workers: 1, payloadBytes: 0, attempts: p.attempts ?? 1 },
      concurrency: p.concurrency,
      work: { kind: 'noop' },
      phases: [{ name: 'open', workers: 'on', jobs: loadOf(p, context), job: { takes: p.length }, until: 'settled' }],
    };
  },
  describe: (p) => (p.trace === '' ? undefined : p.trace),
  measure(timeline, p) {
    const growth = unstable(timeline, 'open');
    const total = span(timeline, 'open', 'due', 'finished');
    const jobs = observedTotal(timeline, 'jobs') ?? 0;
    const per = (name: string, factor: number) => ((observedTotal(timeline, name) ?? Number.NaN) / jobs) * factor;
    return {
      total_p50: latency(total, 0.5, growth),
      total_p99: latency(total, 0.99, growth),
      cold_starts: per('cold_jobs', 100),
      resumed: per('resumed_jobs', 100),
      machine_s_per_1k: per('machine_seconds', 1000),
      of_always_on: ofAlwaysOn(timeline, p),
    };
  },
  judge: (timeline, _, context: LayoutContext) => judgeOpen(timeline, 'open', context),
  spans: (timeline) => ({ total: span(timeline, 'open', 'due', 'finished') }),
  mark: paretoSet,
  marks: 'no other wait at this load costs less without more cold starts or longer latencies',
  lesson: keepwarmLesson,
} satisfies Scenario<P, string>;

function isWait(text: string): boolean {
  if (text === 'forever' || text === 'always-on') return true;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000 <= LONGEST_MS;
  try {
    return durationMs(text) <= LONGEST_MS;
  } catch {
    return false; // the refinement says what is allowed
  }
}

function loadOf(p: P, { traces }: LayoutContext): Load {
  if (p.trace !== '') {
    const trace = traces?.get(p.trace);
    if (trace === undefined)
      throw new JobbenchError(
        'USAGE',
        'keepwarm.trace: a trace is lived through in virtual time only: jobbench simulate',
      );
    const durationMs = p.duration ?? Math.ceil((trace.atMs.at(-1) ?? 0) + 1);
    return { kind: 'listed', ...trace, durationMs };
  }
  const ratePerS = perSecond(p.rate ?? '20/h');
  return { kind: 'open', arrivals: p.arrivals, ratePerS, durationMs: lengthMs(p, ratePerS) };
}

/** Long enough for the jobs; whole days where days have hours. */
function lengthMs({ duration: given, jobs, arrivals }: P, ratePerS: number): number {
  if (given !== undefined) return given;
  const ms = Math.ceil((jobs * 1000) / ratePerS);
  return arrivals === 'diurnal' ? Math.ceil(ms / DAY_MS) * DAY_MS : ms;
}

function alwaysOn(p: P): number {
  if (p.alwaysOn !== undefined || p.trace !== '') return p.alwaysOn ?? 1;
  const busy = perSecond(p.rate ?? '20/h') * (meanLengthMs(p.length) / 1000);
  return Math.max(1, Math.ceil(busy / BUSY));
}

/** What was paid, beside what the always-on machines cost in the same time. */
function ofAlwaysOn(timeline: Timeline, p: P): number {
  const { window } = phaseOf(timeline, 'open');
  const seconds = (window.endMs - window.startMs) / 1000;
  return ((observedTotal(timeline, 'billed_seconds') ?? Number.NaN) / (alwaysOn(p) * seconds)) * 100;
}
