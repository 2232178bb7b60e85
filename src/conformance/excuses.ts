import type { Traits } from '../core/traits.js';
import { type Harm, inFlight, inHand, type JobHistory } from './history.js';

/*
 * What the faults of a history excuse: jobs that were in somebody's hands when he was struck, seen there or not. `check` blames
 * an adapter for the rest. All of it is pure.
 */

/** What an adapter promises of a history. */
export type Promised = Pick<Traits, 'delivery' | 'durability' | 'recoveryMs'>;

/** A worker may claim a job before its producer has heard that it was accepted. */
const ANSWER_MS = 50;

export function mayBeLost(job: JobHistory, harms: readonly Harm[], { delivery, durability }: Promised): boolean {
  return harms.some((harm) => {
    if (delivery === 'at-most-once' && inFlight(job, harm)) return true;
    return harm.kind === 'server' && durability === 'memory' && (job.acceptedMs ?? 0) <= harm.untilMs;
  });
}

/**
 * Jobs that a killed at-most-once worker may have claimed and not begun, beside those that it was seen with: no more of
 * them than its hands hold, and none that was accepted after it was gone.
 */
export function lostUnseen(
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
export function outOfHands(
  some: readonly JobHistory[],
  jobs: readonly JobHistory[],
  harms: readonly Harm[],
): JobHistory[] {
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
export function extraRuns({ runs, attempts, fails }: JobHistory): number {
  return Math.max(0, runs.length - Math.min(fails + 1, attempts));
}

export function repeatsBlamed(jobs: readonly JobHistory[], harms: readonly Harm[], { delivery }: Promised): number {
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
export function sleptOn({ acceptedMs = 0, runs }: JobHistory, { kind, process, atMs, untilMs }: Harm): boolean {
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
