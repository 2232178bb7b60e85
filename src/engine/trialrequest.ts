import type { Adapter } from '../core/adapter.js';
import type { Layout } from '../core/layout.js';
import type { AdapterRef } from '../core/plan.js';
import type { Traits } from '../core/traits.js';

/** All that a trial needs to be run. */
export interface TrialRequest {
  /** Short and unique within the run: names folders and keys. */
  readonly name: string;
  readonly runId: string;
  readonly adapter: Adapter;
  readonly ref: AdapterRef;
  readonly traits: Traits;
  readonly layout: Layout;
  readonly seed: number;
  /** Deadline of each phase, beyond its own duration. */
  readonly timeoutMs: number;
  readonly scratchRoot: string;
  readonly spinsPerMs: number;
  readonly allowRemote: boolean;
  readonly keep: boolean;
}

/** Where a trial keeps what: the backend's own files apart from event logs. */
export interface Folders {
  readonly dir: string;
  readonly store: string;
  readonly logDir: string;
}
