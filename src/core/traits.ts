import { unsupported } from './errors.js';
import type { Job } from './job.js';

/** What a user may rely on. Printed beside every number. */
export interface Traits {
  /** shared: any process may connect. embedded: the queue lives in the process that connects. */
  readonly topology: 'shared' | 'embedded';
  /** Where a job runs, seen from the session whose `run` was called: its event loop, a thread of its process, another process. */
  readonly executes: Placement;
  readonly delivery: 'at-most-once' | 'at-least-once';
  /** What an accepted job survives. */
  readonly durability: 'memory' | 'process-crash' | 'power-loss';
  /** `enqueueAt` works. */
  readonly schedules: boolean;
  readonly priorities: boolean;
  readonly retries: boolean;
  readonly unique: boolean;
  /** The backend has a bulk path (`enqueueMany`). */
  readonly bulk: boolean;
  /** Where the queue is a file that the application could share. Its path is `sqliteFile` in the adapter's address. */
  readonly store?: 'sqlite-file';
  /** Jobs that a worker may have claimed beside those it runs; 0 when absent. A killed at-most-once worker loses them. */
  readonly claimsAhead?: number;
  /** at-least-once: a killed worker's job starts again within this time. */
  readonly recoveryMs?: number;
}

/** Where jobs run relative to a web server: on its event loop, in a thread of its process, in another process. */
export type Placement = 'loop' | 'thread' | 'process';

/**
 * Refuses what the traits do not declare.
 * @throws JobbenchError UNSUPPORTED
 */
export function assertSupported(adapter: string, traits: Traits, job: Job): void {
  if (job.priority !== undefined && !traits.priorities) throw unsupported(adapter, 'priorities');
  if (job.attempts !== undefined && job.attempts > 1 && !traits.retries) throw unsupported(adapter, 'retries');
  if (job.key !== undefined && !traits.unique) throw unsupported(adapter, 'unique keys');
}
