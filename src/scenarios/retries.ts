import { z } from 'zod';
import type { JobKind, Phase } from '../core/layout.js';
import type { Finding, LayoutContext, Scenario } from '../core/scenario.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import type { Traits } from '../core/traits.js';
import { count, duration } from '../core/units.js';
import { printableQuantile } from '../stats/quantile.js';
import { digits, ranked } from './common/lesson.js';
import { backlogGrowth, unstableFinding, unstableText } from './common/openloop.js';
import { common, commonLayout, filling, warmUp } from './common/params.js';
import { openLoad, rateText, resolveRate } from './common/rate.js';

const { work: _, ...others } = common;
const params = z.object({
  ...others,
  duration: duration({ min: 200, max: 3_600_000 }).default(5000).describe('how long jobs that fail arrive'),
  rate: rateText,
  failures: count({ min: 1, max: 20 }).default(1).describe('attempts of each job that fail before one succeeds'),
  backoff: duration({ max: 3_600_000 })
    .default(100)
    .describe('wait before another attempt, where the adapter lets a job choose; else its own counts as lateness'),
});
type P = z.infer<typeof params>;

/** Backends may keep whole milliseconds: an attempt that is so much early is not. */
const WHOLE_MS = 1;

/** What jobs cost that fail, and how late their next attempts start. */
export default {
  question: 'What does a job cost that fails, and how late does its next attempt start?',
  byDefault: false,
  model: 'full queues without and with failing jobs, then failing jobs in an open loop',
  params,
  calibrate: () => ['jobsPerS'],
  metrics: {
    plain_rate: { label: 'without failures', unit: 'jobs/s', better: 'higher' },
    failing_rate: { label: 'with failures', unit: 'jobs/s', better: 'higher' },
    failure_cost: { label: 'cost of failing', unit: 'ratio', better: 'lower' },
    retry_late_p50: { label: 'retry late p50', unit: 'ms', better: 'lower' },
    retry_late_p99: { label: 'retry late p99', unit: 'ms', better: 'lower' },
  },
  quantiles: { retry_late_p50: ['retry_late', 0.5], retry_late_p99: ['retry_late', 0.99] },
  samples: 'retries',
  requires: () => ({ retries: true }),
  describe: (p, context) => `${rateFor(p, context).text}, ${p.failures} of ${p.failures + 1} attempts fail`,
  layout([p], context) {
    const layout = commonLayout({ ...p, work: 'noop' }, [
      warmUp({ ...p, work: 'noop' }),
      ...drain('plain', p, context, kind(0, 0, context.traits)),
      ...drain('failing', p, context, kind(p.failures, 0, context.traits)),
      {
        name: 'open',
        workers: 'on',
        jobs: openLoad(rateFor(p, context).ratePerS, p),
        job: kind(p.failures, p.backoff, context.traits),
        until: 'settled',
      },
    ]);
    // The same attempts for those that never fail: what is told apart is failing, not being able to.
    return { ...layout, attempts: p.failures + 1 };
  },
  measure(timeline, p, { traits }) {
    const [plain, failing] = [drained(timeline, 'plain'), drained(timeline, 'failing')];
    const growth = growthOf(timeline, p, traits);
    const late = lateness(timeline, p, traits);
    const print = (q: number) =>
      growth === undefined ? printableQuantile(late, q, 'retries') : { refused: unstableText(growth) };
    return {
      plain_rate: plain,
      failing_rate: failing,
      failure_cost:
        typeof plain === 'number' && typeof failing === 'number' ? plain / failing : { refused: 'needs both rates' },
      retry_late_p50: print(0.5),
      retry_late_p99: print(0.99),
    };
  },
  judge(timeline, p, { traits }) {
    const found: Finding[] = [];
    const growth = growthOf(timeline, p, traits);
    if (growth !== undefined) found.push(unstableFinding(growth));
    const early = lateness(timeline, p, traits).filter((ms) => ms < -WHOLE_MS).length;
    if (early > 0) {
      const message = `${early.toLocaleString('en-US')} attempts began before the backoff of ${p.backoff} ms was over`;
      found.push({ severity: 'invalid', code: 'early-retry', message });
    }
    return found;
  },
  spans: (timeline, p, { traits }: LayoutContext) => ({ retry_late: lateness(timeline, p, traits) }),
  lesson(cells) {
    const all = ranked(cells, 'failure_cost', 'lower');
    const asked = [...new Set(all.map((cell) => Number(cell.params.failures ?? 1)))].sort((a, b) => a - b);
    const said = asked.map((failures) => {
      const alike = all.filter((cell) => Number(cell.params.failures ?? 1) === failures);
      const rows = alike.map((cell) => `${digits(cell.values.failure_cost ?? 0)}x on ${cell.adapter}`);
      return `one that fails ${failures === 1 ? 'once' : `${failures} times`} costs ${rows.join(', ')}`;
    });
    return said.length === 0 ? undefined : `Compared with a job that does not fail, ${said.join('; ')}.`;
  },
} satisfies Scenario<P, string>;

/** Each arrival is several executions, so a share of the capacity is divided by them. */
function rateFor(p: P, { traits, capacity }: LayoutContext) {
  const jobsPerS = capacity.jobsPerS === undefined ? undefined : capacity.jobsPerS / (p.failures + 1);
  return resolveRate(p.rate, { traits, capacity: jobsPerS === undefined ? {} : { jobsPerS } });
}

function kind(failures: number, ms: number, { backoff }: Pick<Traits, 'backoff'>): JobKind {
  return {
    work: failures === 0 ? { kind: 'noop' } : { kind: 'fail', times: failures },
    ...(backoff && { backoff: { type: 'fixed', ms } }),
  };
}

/** A queue that is full when workers begin: as many jobs as take them about two fifths of the duration. */
function drain(name: string, p: P, { capacity }: LayoutContext, job: JobKind): Phase[] {
  const jobs = Math.min(1_000_000, Math.max(50, Math.round(((capacity.jobsPerS ?? 1000) * p.duration) / 2500)));
  return [
    { name, workers: 'off', jobs: filling(jobs, p.duration), job, until: 'produced' },
    { name: `${name}-drain`, workers: 'on', until: 'settled' },
  ];
}

/** Jobs per second from the end of filling, when workers begin, until the last of them has settled. */
function drained(timeline: Timeline, name: string) {
  const { window, indices } = phaseOf(timeline, name);
  const settled = Float64Array.from(indices, (i) => timeline.settled[i] as number);
  const done = settled.filter((at) => !Number.isNaN(at));
  if (done.length === 0) return { refused: 'no job was done' };
  return (done.length * 1000) / (done.reduce((a, b) => Math.max(a, b)) - window.endMs);
}

/** Start of each further attempt after the end of the one that failed, less the backoff that the job had asked for. */
function lateness(timeline: Timeline, p: P, { backoff }: Pick<Traits, 'backoff'>): Float64Array {
  const open = timeline.phases.findIndex(({ name }) => name === 'open');
  const waitMs = backoff ? p.backoff : 0;
  return Float64Array.from(
    timeline.retries.filter(({ index }) => timeline.phase[index] === open),
    ({ gapMs }) => gapMs - waitMs,
  );
}

/** Without the waits that were asked for: they keep jobs in flight that no backlog holds. */
function growthOf(timeline: Timeline, p: P, { backoff }: Pick<Traits, 'backoff'>): number | undefined {
  const { window, indices } = phaseOf(timeline, 'open');
  const waitMs = backoff ? p.failures * p.backoff : 0;
  return backlogGrowth(
    Float64Array.from(indices, (i) => timeline.due[i] as number),
    Float64Array.from(indices, (i) => (timeline.finished[i] as number) - waitMs),
    window,
  );
}
