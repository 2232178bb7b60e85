import type { Work } from '../core/job.js';
import type { Layout, Phase } from '../core/layout.js';
import type { Capacity } from '../core/scenario.js';
import { capacityKey } from './capacity.js';
import type { Group } from './cells.js';
import type { Turn } from './turns.js';

/** Starting and ending the processes of a trial and reading their logs, as seen on small machines. */
const TRIAL_OVERHEAD_MS = 600;
/** Between two phases: everybody is told, and read. */
const PHASE_OVERHEAD_MS = 80;
/** A saturated backend holds about so much work when its last job comes in. */
const BACKLOG_MS = 200;
/** Single calls are timed without workers: working off what they left takes about so many times as long. */
const DRAIN_OF_CALLS = 2;
const CAPACITY_MS = 2_000;
const MACHINE_MS = 1_500;
/** What a backend carries, and a web server answers, until they are measured. */
const GUESS = { jobsPerS: 10_000, webPerS: 900 };
/** The plan is believed like so much measured time, so that one odd trial at the beginning does not upset the rest. */
const PLAN_WEIGHT_MS = 10_000;

/** How long trials will take: by their plan at first, then corrected by how long they took. */
export interface Forecast {
  /** About how long these take together. */
  remainingMs(turns: readonly Turn[]): number;
  /** A trial is over. */
  took(group: Group, ms: number): void;
}

/**
 * About how long a run takes, by its plan alone.
 * @param begun how many capacities are being measured or have been; undefined: not even the machine has been measured
 */
export function estimateMs(turns: readonly Turn[], begun?: number): number {
  const probes = capacities([...new Set(turns.map(({ group }) => group))]);
  const left = begun === undefined ? probes : Math.max(0, probes - begun + 1);
  const machine = begun === undefined ? MACHINE_MS : 0;
  return turns.length === 0 ? 0 : machine + left * CAPACITY_MS + forecast().remainingMs(turns);
}

/**
 * @param capacityOf what was measured before the first block, which tells how long counted jobs take; nothing is known
 * of it while a run is only planned
 */
export function forecast(capacityOf: (group: Group) => Capacity = () => ({})): Forecast {
  const planned = new Map<Group, number>();
  const plannedMs = (group: Group) => {
    const known = planned.get(group) ?? trialMs(group, capacityOf(group));
    planned.set(group, known);
    return known;
  };
  const seen = new Map<Group, { sumMs: number; trials: number }>();
  const finished = { plannedMs: PLAN_WEIGHT_MS, tookMs: PLAN_WEIGHT_MS };
  return {
    remainingMs(turns) {
      const ratio = finished.tookMs / finished.plannedMs;
      return turns.reduce((sum, { group }) => {
        const before = seen.get(group);
        return sum + (before === undefined ? ratio * plannedMs(group) : before.sumMs / before.trials);
      }, 0);
    },
    took(group, ms) {
      const { sumMs, trials } = seen.get(group) ?? { sumMs: 0, trials: 0 };
      seen.set(group, { sumMs: sumMs + ms, trials: trials + 1 });
      finished.plannedMs += plannedMs(group);
      finished.tookMs += ms;
    },
  };
}

/** One for each backend and kind of job, one of the web server, and one of the ceiling of this harness. */
function capacities(groups: readonly Group[]): number {
  const jobs = new Set<string>();
  let web = 0;
  for (const group of groups) {
    const [first] = group.cells;
    const needs = first.question.scenario.calibrate(group.cells.map(({ params }) => params));
    if (needs.includes('jobsPerS')) jobs.add(first.contestant.label + capacityKey(layoutOf(group, GUESS)));
    if (needs.includes('webPerS')) web = 1;
  }
  return jobs.size + web + (jobs.size > 0 ? 1 : 0);
}

function trialMs(group: Group, measured: Capacity): number {
  const { work, workers, concurrency } = layoutOf(group, GUESS);
  const jobsPerS = Math.min(GUESS.jobsPerS, mostPerS(work, workers, concurrency));
  const capacity = { ...GUESS, jobsPerS, ...measured };
  const { phases } = layoutOf(group, capacity);
  let ms = TRIAL_OVERHEAD_MS;
  let leftMs = 0; // work that earlier phases left in the queue
  for (const phase of phases) {
    const { loadMs, workMs } = costs(phase, capacity.jobsPerS);
    ms += PHASE_OVERHEAD_MS + loadMs;
    leftMs += workMs;
    if (phase.until !== 'settled') continue;
    ms += leftMs;
    leftMs = 0;
  }
  return ms;
}

/** How long jobs and requests come in, and how long what is waiting then will take the workers. */
function costs({ jobs, web, workers, restMs = 0 }: Phase, jobsPerS: number): { loadMs: number; workMs: number } {
  const webMs = Math.max(web?.durationMs ?? 0, restMs);
  switch (jobs?.kind) {
    case undefined:
      return { loadMs: webMs, workMs: 0 };
    case 'count': {
      const ms = (jobs.jobs * 1000) / jobsPerS;
      return { loadMs: Math.max(webMs, Math.min(ms, jobs.maxMs)), workMs: workers === 'off' ? ms : 0 };
    }
    case 'saturate':
      return { loadMs: Math.max(webMs, jobs.durationMs), workMs: BACKLOG_MS };
    case 'calls':
      return { loadMs: Math.max(webMs, jobs.durationMs), workMs: DRAIN_OF_CALLS * jobs.durationMs };
    case 'listed':
      return { loadMs: Math.max(webMs, jobs.durationMs), workMs: 0 };
    case 'open':
      return { loadMs: Math.max(webMs, jobs.durationMs), workMs: jobs.aheadMs ?? 0 };
  }
}

/** What the work itself allows, whatever the backend. */
function mostPerS(work: Work, workers: number, concurrency: number): number {
  if (work.kind === 'cpu') return (workers * 1000) / Math.max(work.ms, 0.001);
  if (work.kind === 'io') return (workers * concurrency * 1000) / Math.max(work.ms, 0.001);
  return Number.POSITIVE_INFINITY;
}

function layoutOf(group: Group, capacity: Capacity): Layout {
  const [first, ...others] = group.cells;
  const params = [first.params, ...others.map((cell) => cell.params)] as const;
  return first.question.scenario.layout(params, { traits: first.traits, capacity });
}
