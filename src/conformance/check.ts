import { CLOCK_PAIR_MS } from '../core/clock.js';
import { amount } from '../engine/ledger.js';
import { extraRuns, lostUnseen, mayBeLost, outOfHands, type Promised, repeatsBlamed, sleptOn } from './excuses.js';
import { type Harm, type History, inFlight, type JobHistory } from './history.js';
import type { Miscount } from './miscounts.js';

/** A history, counted, and what in it breaks the promise. */
export interface Checked {
  readonly violations: readonly string[];
  /** Jobs lost, and repeated or told of more than once, beyond what the faults excuse. */
  readonly miscounts: readonly Miscount[];
  readonly accepted: number;
  /** Refused, or nobody knows: neither done nor not done is wrong. */
  readonly unknown: number;
  /** Of those, executed all the same. */
  readonly recovered: number;
  readonly lost: readonly JobHistory[];
  readonly lostExcused: number;
  /** Executions beyond those that were due. */
  readonly repeated: number;
  readonly repeatedExcused: number;
  /** Reported as failed although they never threw: given up after their workers had died. */
  readonly gaveUp: number;
  readonly early: number;
  /** From each kill until each job that it struck was started again. */
  readonly recoveryMs: readonly number[];
}

/** Timers, a round trip, and a machine that does other things too. */
const RECOVERY_SLACK_MS = 1_000;

/**
 * Judges a history. The blast radius: at-most-once may lose, and at-least-once may repeat, what was in flight at a harm;
 * a server that dies may take along what it kept in memory. Anything else is a violation. Pure.
 */
export function check({ jobs, harms, unexpected }: History, promised: Promised): Checked {
  const excusing = harms.filter(({ kind }) => kind !== 'stop');
  const wrongClock = harms.some(({ kind }) => kind === 'clock');
  const accepted = jobs.filter(({ acceptedMs }) => acceptedMs !== undefined);
  const lost = accepted.filter(isLost);
  const unexcused = lost.filter((job) => !mayBeLost(job, excusing, promised));
  const lostBlamed = unexcused.length - lostUnseen(unexcused, jobs, excusing, promised);
  const repeated = sum(jobs, extraRuns);
  const blamed = repeatsBlamed(jobs, excusing, promised);
  const gaveUp = jobs.filter(isGivenUp);
  const early = jobs.filter(isEarly).length;
  const retold = jobs.filter((job) => isRetold(job, excusing)).length;
  const recoveryMs = recoveries(jobs, harms);
  const slowest = Math.max(0, ...recoveryMs);
  const of = accepted.length.toLocaleString('en-US');
  const where = harms.length === 0 ? 'without a fault' : 'that no fault had touched';
  // What was in flight may be repeated then, but not lost.
  const whereLost = harms.length > 0 && promised.delivery === 'at-least-once' ? 'and promises at least once' : where;
  const untouched = gaveUp.filter((job) => !excusing.some((harm) => inFlight(job, harm)));
  const abandoned = outOfHands(untouched, jobs, excusing).length;
  const late =
    promised.delivery === 'at-least-once' && promised.recoveryMs !== undefined
      ? promised.recoveryMs
      : Number.POSITIVE_INFINITY;
  const lostSaid = lostBlamed > 0 && `lost ${lostBlamed} of ${of} accepted jobs, ${whereLost}`;
  const repeatedSaid = [
    blamed > 0 &&
      `repeated ${blamed} of ${of} jobs, ${promised.delivery === 'at-most-once' ? 'and promises at most once' : where}`,
    retold > 0 && `reported the outcome of ${retold} of ${of} jobs more than once`,
  ].filter((text) => text !== false);
  const violations = [
    unexpected > 0 && `executed ${amount(unexpected, 'job')} that nobody enqueued`,
    early > 0 && !wrongClock && `started ${early} of ${of} jobs before the time they were scheduled for`,
    abandoned > 0 && `reported ${abandoned} of ${of} jobs as failed that did not throw, ${where}`,
    slowest > late + RECOVERY_SLACK_MS &&
      `started a killed worker's job again after ${seconds(slowest)}, although it promises ${seconds(late)}`,
  ].filter((text) => text !== false);
  return {
    violations,
    miscounts: [
      ...(lostSaid === false ? [] : [{ kind: 'lost' as const, said: lostSaid }]),
      ...repeatedSaid.map((said) => ({ kind: 'repeated' as const, said })),
    ],
    accepted: accepted.length,
    unknown: jobs.length - accepted.length,
    recovered: jobs.filter(({ acceptedMs, runs }) => acceptedMs === undefined && runs.length > 0).length,
    lost,
    lostExcused: lost.length - lostBlamed,
    repeated,
    repeatedExcused: repeated - blamed,
    gaveUp: gaveUp.length,
    early,
    recoveryMs,
  };
}

function isLost({ runs, told, attempts }: JobHistory): boolean {
  if (runs.some(({ ended }) => ended === 'completed')) return false;
  if (told.some(({ outcome }) => outcome === 'failed')) return false;
  // It has had all its attempts, and who would have told of the last one was killed.
  return runs.filter(({ ended }) => ended === 'threw').length < attempts;
}

function isGivenUp({ runs, told, attempts }: JobHistory): boolean {
  if (!told.some(({ outcome }) => outcome === 'failed')) return false;
  return runs.filter(({ ended }) => ended === 'threw').length < attempts;
}

function isEarly({ dueMs, runs }: JobHistory): boolean {
  return dueMs !== undefined && runs.some(({ started }) => started < dueMs - CLOCK_PAIR_MS);
}

function isRetold(job: JobHistory, harms: readonly Harm[]): boolean {
  const finals = job.told.filter(({ outcome }) => outcome !== 'retrying').length;
  return (
    finals > 1 &&
    (finals > job.runs.length ||
      !harms.some((harm) => inFlight(job, harm) || sleptOn(job, harm) || harm.kind === 'clock'))
  );
}

function recoveries(jobs: readonly JobHistory[], harms: readonly Harm[]): number[] {
  const found: number[] = [];
  for (const harm of harms) {
    if (harm.kind !== 'kill') continue;
    for (const job of jobs) {
      if (!inFlight(job, harm)) continue;
      const next = Math.min(
        ...job.runs.filter((run) => run.process !== harm.process && run.started >= harm.atMs).map((run) => run.started),
      );
      if (Number.isFinite(next)) found.push(next - harm.atMs);
    }
  }
  return found;
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
