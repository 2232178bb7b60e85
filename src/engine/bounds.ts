import { JobbenchError } from '../core/errors.js';
import type { Layout, Load } from '../core/layout.js';
import type { CellPlan } from './cells.js';
import { groupCells } from './cells.js';
import type { RunRequest } from './request.js';

/** Every arrival is planned before a trial begins, and all marks of its job are kept: these take about 3 GB. */
const MOST_JOBS = 20_000_000;
/** A full disk harms others too. */
const MOST_BYTES = 32 * 2 ** 30;
/** Shares of a capacity become small: only what was asked for as a rate can be too much. */
const LEAST_CAPACITY = { jobsPerS: 1, webPerS: 1 };

/**
 * Refuses loads that would fill the memory before the first job is sent, or the disk before the first is done.
 * @throws JobbenchError USAGE naming the cell, and what there would be too much of
 */
export function assertBounded(cells: readonly CellPlan[], { time, traces }: Pick<RunRequest, 'time' | 'traces'>): void {
  for (const { cells: group } of groupCells(cells)) {
    const [first, ...others] = group;
    const params = [first.params, ...others.map((cell) => cell.params)] as const;
    const { traits, question } = first;
    const context = { traits, capacity: LEAST_CAPACITY, ...(time && { time }), ...(traces && { traces }) };
    const layout = question.scenario.layout(params, context);
    const jobs = jobsOf(layout);
    if (jobs > MOST_JOBS) {
      const many = `${words(jobs)} jobs in a trial, and there is room for ${words(MOST_JOBS)}`;
      throw new JobbenchError('USAGE', `${first.id} would have ${many}: lower the rate or the duration`);
    }
    const waiting = waitingBytes(layout);
    if (waiting > MOST_BYTES) {
      const much = `${words(waiting / 2 ** 30)} GB of payloads waiting, and there is room for ${words(MOST_BYTES / 2 ** 30)} GB`;
      throw new JobbenchError('USAGE', `${first.id} would have ${much}: lower the payload or the number of jobs`);
    }
  }
}

function jobsOf({ phases }: Layout): number {
  return phases.reduce((sum, { jobs }) => sum + (jobs === undefined ? 0 : plannedJobs(jobs)), 0);
}

/** Payloads of the largest queue that is filled before anybody works on it. */
function waitingBytes({ phases, payloadBytes }: Layout): number {
  return Math.max(0, ...phases.map(({ jobs }) => (jobs?.kind === 'count' ? jobs.jobs * payloadBytes : 0)));
}

/** Of an open load; others stop by themselves. A rate that is no number any more counts as without end. */
function plannedJobs(load: Load): number {
  if (load.kind === 'listed') return load.atMs.length;
  if (load.kind !== 'open') return 0;
  const jobs = (load.ratePerS * load.durationMs) / 1000;
  return Number.isNaN(jobs) ? Number.POSITIVE_INFINITY : jobs;
}

function words(jobs: number): string {
  return jobs < 1e15 ? Math.round(jobs).toLocaleString('en-US') : 'countless';
}
