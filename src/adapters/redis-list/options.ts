import { z } from 'zod';
import { count, duration } from '../../core/units.js';
import { REDIS_OPTIONS } from '../../servers/redisoptions.js';

const { persistence, queues, ...common } = REDIS_OPTIONS;

/** Options of `redis-list`, with what each is for. */
export const options = z.object({
  persistence,
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
  ...common,
  queues: queues.describe('Queues that workers serve, a list each; they share the concurrency.'),
});
export type O = z.infer<typeof options>;
