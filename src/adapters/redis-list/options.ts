import { z } from 'zod';
import { count, duration, size } from '../../core/units.js';
import { PERSISTENCE } from '../../servers/redis.js';

/** Options of `redis-list`, with what each is for. */
export const options = z.object({
  persistence: z.enum(PERSISTENCE).default('none').describe('What the private server writes to disk.'),
  lease: duration({ min: 100 }).default(30_000).describe('A worker that is silent for so long counts as dead.'),
  reapInterval: duration({ min: 50 }).default(5000).describe('How often workers look for jobs of dead workers.'),
  redeliveries: count({ max: 1000 })
    .default(5)
    .describe('How often a job whose worker died is given out again before it counts as dead.'),
  ahead: count({ max: 1000 })
    .default(100)
    .describe('Jobs that a worker takes beside those it can start at once, where they are short; 0: none, as Sidekiq.'),
  groupPush: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('auto: jobs that are enqueued in one turn of the event loop share an LPUSH; off: one each.'),
  backoff: duration().default(0).describe('Wait before another attempt, where the job does not say.'),
  backoffType: z
    .enum(['fixed', 'exponential'])
    .default('fixed')
    .describe('exponential: the wait doubles with each failure; fixed: it is always the same.'),
  maxPayload: size({ min: 1, max: 64 * 2 ** 20 })
    .default(16 * 2 ** 20)
    .describe('Larger payloads are refused; Redis itself ends at 512 MB.'),
  commandTimeout: duration({ min: 100 }).default(10_000).describe('An enqueue without an answer gives up after this.'),
  queues: z
    .string()
    .regex(/^[^:,\s]+(,[^:,\s]+)*$/, 'names separated by commas, without ":"')
    .default('default')
    .describe('Queues that workers serve, a list each; they share the concurrency.'),
});
export type O = z.infer<typeof options>;
