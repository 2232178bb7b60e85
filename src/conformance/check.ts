import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { Traits } from '../core/traits.js';
import { type Harm, type History, inFlight, inHand, type JobHistory } from './history.js';
import type { Miscount } from './miscounts.js';

/** What an adapter promises of a history. */
export type Promised = Pick<Traits, 'delivery' | 'durability' | 'recoveryMs'>;

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

/** A worker may claim a job before its producer has heard that it was accepted. */
const ANSWER_MS = 50;

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
    unexpected > 0 && `executed ${unexpected} jobs that nobody enqueued`,
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

function mayBeLost(job: JobHistory, harms: readonly Harm[], { delivery, durability }: Promised): boolean {
  return harms.some((harm) => {
    if (delivery === 'at-most-once' && inFlight(job, harm)) return true;
    return harm.kind === 'server' && durability === 'memory' && (job.acceptedMs ?? 0) <= harm.untilMs;
  });
}

/**
 * Jobs that a killed at-most-once worker may have claimed and not begun, beside those that it was seen with: no more of
 * them than its hands hold, and none that was accepted after it was gone.
 */
function lostUnseen(
  lost: readonly JobHistory[],
  jobs: readonly JobHistory[],
  harms: readonly Harm[],
  { delivery }: Promised,
): number {
  if (delivery !== 'at-most-once') return 0;
  const waiting = lost.filter(({ runs }) => runs.every(({ ended }) => ended === 'threw'));
  return waiting.length - outOfHands(waiting, jobs, harms).length;
}

/** Those that no killed worker can have held unseen: its hands were full of others, or it was gone when they came. */
function outOfHands(some: readonly JobHistory[], jobs: readonly JobHistory[], harms: readonly Harm[]): JobHistory[] {
  // Whatever an earlier kill may have taken a later one may have, too: so each takes all that it has room for.
  let left = [...some];
  const kills = harms.filter(({ kind }) => kind === 'kill').sort((a, b) => a.untilMs - b.untilMs);
  for (const kill of kills) {
    let room = kill.held - jobs.filter((job) => inHand(job, kill)).length;
    left = left.filter(({ acceptedMs = 0 }) => acceptedMs > kill.untilMs + ANSWER_MS || room-- <= 0);
  }
  return left;
}

/** Executions beyond those that its failures ask for. */
function extraRuns({ runs, attempts, fails }: JobHistory): number {
  return Math.max(0, runs.length - Math.min(fails + 1, attempts));
}

function repeatsBlamed(jobs: readonly JobHistory[], harms: readonly Harm[], { delivery }: Promised): number {
  let blamed = 0;
  const room = new Map(harms.filter(({ kind }) => kind === 'freeze').map((harm) => [harm, harm.held]));
  for (const job of jobs) {
    const extra = extraRuns(job);
    if (extra === 0) continue;
    if (delivery === 'at-most-once') {
      blamed += extra;
      continue;
    }
    let left = extra - harms.filter((harm) => inFlight(job, harm) || harm.kind === 'clock').length;
    // Claimed before its worker was frozen, begun after: in its hands, though not begun, all the time. Once for each freeze.
    for (const [harm, held] of room) {
      if (left <= 0 || held <= 0 || inFlight(job, harm) || !sleptOn(job, harm)) continue;
      left--;
      room.set(harm, held - 1);
    }
    blamed += Math.max(0, left);
  }
  return blamed;
}

/**
 * Claimed before its worker was frozen, and begun when that woke up, with a lease that had lapsed. Another one had begun it
 * meanwhile; or nobody had, but the ack of this one is refused, and it is given out again, to whomever.
 */
function sleptOn({ acceptedMs = 0, runs }: JobHistory, { kind, process, atMs, untilMs }: Harm): boolean {
  if (kind !== 'freeze' || acceptedMs > untilMs) return false;
  const woken = Math.min(
    ...runs.filter((run) => run.process === process).map(({ started }) => after(started, untilMs)),
  );
  if (!Number.isFinite(woken)) return false;
  // Up to then, not to when it was told to wake up: another may claim the job in between, and be the first to begin it.
  const taken = runs.some((run) => run.process !== process && run.started >= atMs && run.started <= woken);
  return taken || runs.some(({ started }) => started > woken);
}

/** The time itself where it is later; never, where it is not. */
function after(ms: number, limit: number): number {
  return ms > limit ? ms : Number.POSITIVE_INFINITY;
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
