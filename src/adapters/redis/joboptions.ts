import type { JobsOptions } from 'bullmq';
import type { WallMs } from '../../core/clock.js';
import type { Job } from '../../core/job.js';
import type { O } from './options.js';

/** Nothing for a plain job, so that it is added as `Queue.add(name, data)` would. */
export function optionsOf(job: Job, o: O): JobsOptions | undefined {
  const { attempts = 1, priority, key } = job;
  if (attempts === 1 && priority === undefined && key === undefined) return undefined;
  return {
    ...(attempts > 1 && { attempts, ...backoffOf(job, o) }),
    ...(priority !== undefined && { priority }),
    // As JSON: BullMQ wants some text, and keys that differ in a lone surrogate only would be the same in UTF-8.
    ...(key !== undefined && { deduplication: { id: JSON.stringify(key) } }),
  };
}

/** One more than asked, because BullMQ adds it to a `Date.now()` that is cut to whole milliseconds. */
function backoffOf(job: Job, o: O): JobsOptions {
  const { type, ms } = job.backoff ?? { type: o.backoffType, ms: o.backoff };
  return ms > 0 ? { backoff: { type, delay: Math.ceil(ms) + 1 } } : {};
}

/**
 * BullMQ promotes a job when the worker's `Date.now()`, whole milliseconds, reaches timestamp + delay. A fraction would
 * be compared as a fraction and let it out up to 1 ms early, so the due time is rounded up; and `timestamp` is given,
 * because BullMQ would read the clock once more.
 */
export function delayUntil(at: WallMs): JobsOptions {
  const timestamp = Date.now();
  const delay = Math.ceil(at) - timestamp;
  return delay > 0 ? { timestamp, delay } : {};
}
