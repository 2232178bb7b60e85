import type { JobsOptions } from 'bullmq';
import type { WallMs } from '../../core/clock.js';
import type { Job } from '../../core/job.js';
import type { O } from './options.js';

/** Nothing for a plain job, so that it is added as `Queue.add(name, data)` would. */
export function optionsOf(job: Job, o: O): JobsOptions | undefined {
  const { attempts = 1, priority, key } = job;
  if (attempts === 1 && priority === undefined && key === undefined) return undefined;
  return {
    ...(attempts > 1 ? { attempts } : {}),
    ...(attempts > 1 && o.backoff > 0 ? { backoff: { type: 'fixed', delay: o.backoff } } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(key === undefined ? {} : { deduplication: { id: key } }),
  };
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
