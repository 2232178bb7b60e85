import type { Session } from '../core/adapter.js';
import { type Epoch, type RunMs, runClock, toWall } from '../core/clock.js';
import { JobbenchError } from '../core/errors.js';
import type { Job, Work } from '../core/job.js';
import { seconds } from '../engine/deadline.js';
import { type Attempt, attempted, endedWithin } from './attempt.js';
import type { JobHistory } from './history.js';
import { plainLayout } from './trials.js';

/** Jobs that this process enqueues have indices from here on; those of producer processes begin at 0. */
const OWN = 1_000_000;

/** What who enqueues a job knows of it. */
export type Made = Omit<JobHistory, 'runs' | 'told'>;

interface More {
  readonly work?: Work;
  readonly fails?: number;
  readonly attempts?: number;
  readonly aheadMs?: number;
}

/** The jobs that this process enqueues into an arena, and their witness. */
export interface OwnJobs {
  readonly made: readonly Made[];
  /**
   * @param more `fails`: how many attempts throw; `aheadMs`: scheduled so far ahead
   * @throws JobbenchError TIMEOUT when it ends in no way at all
   */
  enqueue(more?: More): Promise<'accepted' | 'refused'>;
  /** Enqueues by another session. */
  attempt(by: Session, payload: string, limitMs: number): Promise<Attempt>;
}

/** @param usual what a job does where nothing else is said */
export function ownJobs(session: Session, epoch: Epoch, usual: Work, timeoutMs: number): OwnJobs {
  const clock = runClock(epoch);
  const made: Made[] = [];
  // An adapter may wait for longer than we do elsewhere, as for a lock; what takes so long takes for ever.
  const hopelessMs = 4 * timeoutMs;

  /** Known before it is tried, and accepted once the backend has said so. */
  async function witnessed(one: Made, accept: () => Promise<unknown> | undefined): Promise<void> {
    const place = made.push(one) - 1;
    await accept();
    made[place] = { ...one, acceptedMs: clock() };
  }

  async function ended({ work = usual, fails = 0, attempts = 1, aheadMs }: More = {}): Promise<'accepted' | 'refused'> {
    const index = OWN + made.length;
    const body: Work = fails > 0 ? { kind: 'fail', times: fails } : work;
    const plain: Job = { index, queue: 'default', work: body, payload: 'x'.repeat(plainLayout.payloadBytes) };
    const job: Job = attempts > 1 ? { ...plain, attempts } : plain;
    const at = aheadMs === undefined ? undefined : toWall(epoch, (clock() + aheadMs) as RunMs); // the same clock, later
    const due = at === undefined ? {} : { dueMs: at - epoch.wallMs };
    const accepting = witnessed({ index, acceptedMs: undefined, attempts, fails, ...due }, () =>
      at === undefined ? session.enqueue(job) : session.enqueueAt?.(job, at),
    );
    let over: boolean;
    try {
      over = await endedWithin(accepting, hopelessMs);
    } catch {
      return 'refused'; // counted as such: whoever calls knows whether it was to be expected
    }
    if (over) return 'accepted';
    throw new JobbenchError('TIMEOUT', `timed out after ${seconds(hopelessMs)} waiting for enqueue to end`);
  }

  return {
    made,
    enqueue(more) {
      const ending = ended(more);
      ending.catch(() => undefined); // whoever no longer waits for it has judged it already
      return ending;
    },
    async attempt(by, payload, limitMs) {
      const index = OWN + made.length;
      const job: Job = { index, queue: 'default', work: usual, payload };
      const accepting = witnessed({ index, acceptedMs: undefined, attempts: 1, fails: 0 }, () => by.enqueue(job));
      return attempted(accepting, limitMs);
    },
  };
}
