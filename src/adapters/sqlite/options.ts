import { z } from 'zod';
import { count, duration, size } from '../../core/units.js';

export const options = z.object({
  delivery: z
    .enum(['at-least-once', 'at-most-once'])
    .default('at-least-once')
    .describe(
      'at-least-once: a claim is a lease, and the job is deleted when it is done. at-most-once: claiming deletes, as Litequeue does',
    ),
  synchronous: z
    .enum(['off', 'normal', 'full'])
    .default('normal')
    .describe('PRAGMA synchronous: full survives loss of power, normal and off a crash of the process'),
  lease: duration({ min: 50 })
    .default(30_000)
    .describe('a claimed job may be claimed again after this time; a living worker renews its leases'),
  claimBatch: count({ min: 1, max: 1000 })
    .default(100)
    .describe(
      'most jobs that one transaction claims; fewer are taken when jobs are slow, so that other workers get theirs. Up to so many jobs that had just ended are done again after a crash',
    ),
  groupCommit: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('auto: enqueue calls that are under way at the same time share a transaction; off: one each'),
  fuse: z
    .enum(['auto', 'off'])
    .default('off')
    .describe('auto: where one process enqueues and works, its enqueues go into the transactions of its worker'),
  bulk: z
    .enum(['statement', 'rows'])
    .default('statement')
    .describe('statement: a bulk call is one INSERT of a list; rows: one INSERT for each job, in one transaction'),
  gap: duration({ max: 1_000 })
    .default(1)
    .describe(
      'least time between two transactions of a worker with more to do than it gets done, while others write to the file',
    ),
  queues: z
    .string()
    .regex(/^[\w-]+:\d+(,[\w-]+:\d+)*$/, 'write name:weight, as in default:1,urgent:5')
    .default('default:1')
    .describe('queues that a worker serves, and the share of turns of each'),
  backoff: duration().default(100).describe('wait before the second attempt, where the job does not say'),
  backoffType: z
    .enum(['fixed', 'exponential'])
    .default('exponential')
    .describe('exponential: the wait doubles with each failure; fixed: it is always the same'),
  maxPayload: size({ min: 1, max: 128 * 2 ** 20 })
    .default(16 * 2 ** 20)
    .describe('larger payloads are refused; SQLite itself ends at 1 GB'),
  redeliveries: count({ max: 1000 })
    .default(5)
    .describe('how often a job whose worker died is given out again before it counts as dead'),
  busyTimeout: duration().default(5_000).describe('how long a write waits for the lock that another process holds'),
  busy: z
    .enum(['retry', 'sqlite'])
    .default('retry')
    .describe(
      "how it waits. retry: asks again, and the event loop goes on meanwhile; sqlite: by SQLite's own handler, which stops it, to compare with",
    ),
});
export type O = z.infer<typeof options>;
