import type { Backoff } from './backoff.js';

/**
 * The words of jobbench, defined once.
 *
 * **job** one unit of work. **queue** where jobs wait, made anew for each trial. **adapter** how to reach a kind of
 * backend. **session** one process's connection. **role** what a process does. **plan** a role with everything
 * filled in. **handler** what is done with a job. **host** the thread, process or machine that does it. **mark** a
 * stamped moment of a job. **timeline** all marks of a trial. **ledger** what became of every job. **scenario** a
 * question. **cell** one scenario on one adapter. **trial** one run of a cell. **block** one trial of every cell, in
 * random order. **metric** one number of a trial.
 */

/** What a job does when it runs. Plain data, because it crosses process boundaries. */
export type Work =
  | { readonly kind: 'noop' }
  /** Burns about `ms` of one core: a fixed number of iterations, calibrated once per run. */
  | { readonly kind: 'cpu'; readonly ms: number }
  /** Waits `ms` without using the processor, as a call to another service does. */
  | { readonly kind: 'io'; readonly ms: number }
  /** Allocates and touches `bytes` of short-lived memory. */
  | { readonly kind: 'alloc'; readonly bytes: number }
  /** Writes `rows` rows to the application's own SQLite file in one transaction. */
  | { readonly kind: 'sqlite'; readonly rows: number }
  /** Throws on the first `times` attempts, then succeeds. */
  | { readonly kind: 'fail'; readonly times: number }
  /**
   * Waits `ms`, then has its effect on the world outside. An `idempotent` sink lets an event have one effect, however often it
   * is delivered; a `naive` one does as it is told.
   */
  | { readonly kind: 'effect'; readonly event: string; readonly ms: number; readonly sink: 'idempotent' | 'naive' }
  /** Ends the thread or process it runs in: a poison job. */
  | { readonly kind: 'exit' }
  /** Never ends, without blocking the event loop: a poison job. */
  | { readonly kind: 'hang' }
  /** Always throws, with U+0000 in the text of its error or with a text of a million characters: a poison job. */
  | { readonly kind: 'throw'; readonly text: 'nul' | 'long' };

/** One unit of work as an adapter carries it: JSON-safe, `index` is unique within a trial. */
export interface Job {
  readonly index: number;
  readonly queue: string;
  /** Smaller is more urgent, from 0 (as without one) to 2,097,151. Only where traits say `priorities`. */
  readonly priority?: number;
  /** How often it may be tried in all; 1 when absent. More than 1 only where traits say `retries`. */
  readonly attempts?: number;
  /** Wait before it is tried again; the adapter's own when absent. Only where traits say `backoff`. */
  readonly backoff?: Backoff;
  /**
   * At most one job per key waits in a queue: another that is enqueued meanwhile is accepted, and dropped. Only where
   * traits say `unique`.
   */
  readonly key?: string;
  readonly work: Work;
  readonly payload: string;
}

/** What became of one execution, as the adapter reports it after the backend has been told. */
export type Outcome = 'completed' | 'failed' | 'retrying';
