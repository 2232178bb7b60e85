import { JobbenchError, unsupported } from './errors.js';
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
  /** Jobs may say how long they wait before another attempt. */
  readonly backoff?: true;
  readonly unique: boolean;
  /**
   * Jobs of one queue, priority and due time start in the order in which one session was called, awaited or not, and those of a bulk
   * call in that of its list, where one at a time is run. Between sessions no order is promised.
   */
  readonly fifo?: true;
  /** Queues can have weights: while all of them have jobs, each has its share of the starts, within 10 %. */
  readonly weights?: true;
  /** Runs all jobs at once, however few are asked for. */
  readonly unlimited?: true;
  /** Machines and their starts are played on this one: no network is crossed, nothing boots. */
  readonly simulated?: true;
  /** `executes: 'process'`: machines share processes, so a job that never yields holds up those beside it. */
  readonly sharesProcesses?: true;
  /** Largest payload, in bytes of UTF-8; a larger one is refused. */
  readonly maxPayloadBytes?: number;
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

/** The greatest `priority` that a job may have. Backends pack it into a number with others, so it is bounded. */
export const LEAST_URGENT = 2 ** 21 - 1;

/**
 * Refuses what the traits do not declare.
 * @throws JobbenchError UNSUPPORTED, or USAGE for a priority that is none
 */
export function assertSupported(adapter: string, traits: Traits, job: Job): void {
  if (job.priority !== undefined) assertPriority(adapter, traits, job.priority);
  if (job.attempts !== undefined && job.attempts > 1 && !traits.retries) throw unsupported(adapter, 'retries');
  if (job.backoff !== undefined && !traits.backoff) throw unsupported(adapter, 'a backoff that the job chooses');
  if (job.key !== undefined && !traits.unique) throw unsupported(adapter, 'unique keys');
  // Counting bytes costs a pass, so only what could be too large is counted: no character takes more than three.
  const most = traits.maxPayloadBytes ?? Number.POSITIVE_INFINITY;
  if (job.payload.length * 3 > most) assertFits(adapter, most, job.payload);
}

function assertPriority(adapter: string, traits: Traits, priority: number): void {
  if (!traits.priorities) throw unsupported(adapter, 'priorities');
  if (!Number.isInteger(priority) || priority < 0 || priority > LEAST_URGENT) {
    throw new JobbenchError('USAGE', `a priority is a whole number from 0 to ${LEAST_URGENT}, not ${priority}`);
  }
}

function assertFits(adapter: string, most: number, payload: string): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > most) throw unsupported(adapter, `a payload of ${bytes} bytes; the most is ${most} (option maxPayload)`);
}
