import { type Backoff, retryAt } from '../core/backoff.js';
import type { Job, Outcome } from '../core/job.js';
import { DueHeap } from './dueheap.js';
import { heldKeys } from './keys.js';

/** A job as a queue in this process holds it: which attempt comes next, where it is not the first. */
export interface Try extends Job {
  readonly attempt?: number;
}

const AT_ONCE: Backoff = { type: 'fixed', ms: 0 };

/**
 * What a queue in memory keeps of jobs beside the list of those that wait: when they are due, their keys, and how often
 * they were tried. Jobs that ask for nothing of this cost a look at a property.
 * @param put the job may be executed now
 */
export function tries(put: (job: Try) => void) {
  const later = new DueHeap<Try>(put);
  const keys = heldKeys();

  function again(job: Try): void {
    const { attempt = 1, backoff = AT_ONCE } = job;
    const next = { ...job, attempt: attempt + 1 };
    if (backoff.ms > 0) later.push(next, retryAt(Date.now(), backoff, attempt));
    else put(next);
  }

  return {
    /** Jobs that wait for their time. */
    get size() {
      return later.size;
    },
    take: keys.take,
    putAt: (job: Try, at: number) => later.push(job, at),
    /** An execution ended; one that failed is tried again as often as it asks for. */
    ended(job: Try, how: 'completed' | 'failed'): Outcome {
      if (how === 'failed' && (job.attempt ?? 1) < (job.attempts ?? 1)) {
        again(job);
        return 'retrying';
      }
      if (job.key !== undefined) keys.free(job);
      return how;
    },
    close: () => later.close(),
  };
}
