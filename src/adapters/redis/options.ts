import { z } from 'zod';
import { count, duration } from '../../core/units.js';
import { REDIS_OPTIONS } from '../../servers/redisoptions.js';

const { persistence, queues, ...common } = REDIS_OPTIONS;

/** Options of `redis`, with what each is for. */
export const options = z.object({
  persistence,
  lockDuration: duration({ min: 100 }).default(30_000).describe('A job is its worker’s for so long without renewal.'),
  stalledInterval: duration({ min: 100 }).default(30_000).describe('How often workers look for jobs of dead workers.'),
  maxStalledCount: count().default(1).describe('A job that loses its worker more often than this has failed.'),
  removeOnComplete: z.union([z.boolean(), z.stringbool()]).default(true).describe('Forget jobs that completed.'),
  drainDelay: duration({ min: 10 }).default(5000).describe('How long an idle worker blocks before it asks again.'),
  ...common,
  queues: queues.describe('Queues that workers serve, a BullMQ queue each; they share the concurrency.'),
});
export type O = z.infer<typeof options>;

/**
 * A job is requeued when two scans in a row find it without a lock. The scans of all workers exclude each other for one
 * interval, so after a worker's death the next may be two intervals away: docs/decisions/011-redis-recovery.md. A second is
 * for timers and round trips.
 */
export function recoveryMs(o: O): number {
  return Math.max(o.lockDuration + o.stalledInterval, 3 * o.stalledInterval) + 1000;
}
