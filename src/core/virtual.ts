import type { Observation } from './observation.js';
import type { Settings } from './settings.js';
import type { Requests } from './timeline.js';

/**
 * A trial that is to be lived through in virtual time. Columns have one entry a job, in order of arrival; times are
 * milliseconds since the begin of the trial.
 */
export interface VirtualLoad {
  readonly atMs: Float64Array;
  /** How long each attempt of the job takes. */
  readonly runMs: Float64Array;
  /** Name of each queue, and which one each job goes to. All go to `default` when absent. */
  readonly queues?: { readonly names: readonly string[]; readonly of: Uint16Array };
  /** How often a job may be tried in all. */
  readonly attempts: number;
  /** The trial lasts at least so long; what is warm then is paid for until then. */
  readonly untilMs: number;
  readonly seed: number;
  readonly database?: VirtualDatabase;
}

/** A database that web requests and jobs share: each needs a connection while it runs, and there are only so many. */
export interface VirtualDatabase {
  readonly connections: number;
  /** Connections that each machine opens when it is up, and holds until it stops. */
  readonly perMachine: number;
  /** Who has waited so long for a connection gives up. */
  readonly timeoutMs: number;
  /** Arrivals of web requests, ascending; they end with the last job. */
  readonly webAtMs: Float64Array;
  /** How long a web request holds its connection. */
  readonly webHoldsMs: number;
}

/** What became of a `VirtualLoad`. NaN = did not happen. */
export interface VirtualDay {
  /** Of the attempt that completed the job, or of its last one. */
  readonly startedMs: Float64Array;
  readonly finishedMs: Float64Array;
  /** When its outcome was known, completed or not. */
  readonly settledMs: Float64Array;
  readonly starts: Uint16Array;
  /** When the last job had ended, or `untilMs` if that is later. */
  readonly endMs: number;
  readonly observation: Observation;
  readonly effective: Settings;
  readonly requests?: Omit<Requests, 'phase'>;
}
