import { z } from 'zod';
import { duration, size } from '../core/units.js';
import { PERSISTENCE } from './redis.js';

/** Options that every adapter on Redis has, and says the same of. */
export const REDIS_OPTIONS = {
  persistence: z.enum(PERSISTENCE).default('none').describe('What the private server writes to disk.'),
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
    .default('default'),
};
