import { retryAt } from '../../core/backoff.js';
import { describeError } from '../../core/errors.js';
import type { Job, Outcome } from '../../core/job.js';
import type { O } from './options.js';
import type { ByPriority } from './priorities.js';
import type { Statements } from './statements.js';

/** A job that this worker took: under a lease, or, at most once, out of the table. */
export interface Claimed {
  readonly id: number;
  readonly createdAt: number;
  /** Fencing token: who holds the lease of this claim may end it, and nobody else. */
  readonly claims: number;
  readonly failures: number;
  readonly job: Job;
}

/** A claimed job that was executed. */
export interface Ended {
  readonly claimed: Claimed;
  readonly outcome: Outcome;
  readonly error?: unknown;
}

/**
 * What becomes of a job in the table from its claim to its end. Everything here belongs inside a transaction of the caller.
 * @param turn the queues in the order in which they are served next
 */
export function claims(o: O, s: Statements, look: ByPriority, turn: () => readonly string[]) {
  /** @param buried gets the jobs that are given up instead */
  function claim(wanted: number, now: number, buried: Job[]): Claimed[] {
    const got: Claimed[] = [];
    for (const queue of turn()) {
      for (const row of look.due(queue, now, wanted - got.length)) {
        const job = JSON.parse(row.value) as Job; // a session of ours wrote it: files of others are refused
        const { id, createdAt, failures } = row;
        const claimed = { id, createdAt, claims: row.claims + 1, failures, job };
        if (row.claims - row.failures > o.redeliveries) {
          bury({ ...claimed, claims: row.claims }, now, 'its workers died');
          buried.push(job);
          continue;
        }
        // A worker died with it in its hands, so it may be what that died of: alone, it takes no others along again.
        const suspect = row.claims > row.failures;
        if (suspect && got.length > 0) return got;
        if (o.delivery === 'at-most-once') s.claim.run(row.id);
        else s.claim.run(now + o.lease, row.id);
        got.push(claimed);
        if (suspect) return got;
      }
      if (got.length >= wanted) break;
    }
    return got;
  }

  function settle({ claimed, outcome, error }: Ended, now: number): void {
    const { id, createdAt, claims, failures, job } = claimed;
    if (outcome === 'failed') bury(claimed, now, describeError(error));
    else if (outcome === 'retrying') {
      const at = retryAt(now, job.backoff ?? { type: o.backoffType, ms: o.backoff }, failures + 1);
      if (o.delivery === 'at-most-once') reinsert(job, at, failures + 1, now);
      else s.retry.run(at, id, createdAt, claims);
    } else if (o.delivery === 'at-least-once') s.ack.run(id, createdAt, claims);
  }

  function reinsert(job: Job, at: number, failures: number, now: number): void {
    s.reinsert.run(job.queue, at, failures, JSON.stringify(job), now, job.priority ?? 0);
  }

  /** Only what this claim still holds: a job whose lease has lapsed is somebody else's. */
  function bury({ id, createdAt, claims, job }: Claimed, now: number, error: string): void {
    if (s.ack.run(id, createdAt, claims).changes === 0 && o.delivery === 'at-least-once') return;
    s.bury.run(job.queue, JSON.stringify(job), error, now);
  }

  function giveBack({ id, createdAt, claims, failures, job }: Claimed, now: number): void {
    if (o.delivery === 'at-most-once') reinsert(job, now, failures, now);
    else s.giveBack.run(now, id, createdAt, claims);
  }

  function renew({ id, createdAt, claims }: Claimed, until: number): void {
    s.renew.run(until, id, createdAt, claims);
  }

  return { claim, settle, giveBack, renew };
}
