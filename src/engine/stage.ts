import type { Epoch, RunMs } from '../core/clock.js';
import type { ProcessPlan } from '../core/plan.js';
import type { CallTimes, Strike, Usage } from '../core/timeline.js';
import type { Footprint } from './footprint.js';
import type { Processes } from './processes.js';
import type { CallError, ProducedRange } from './protocol.js';
import type { Settlement } from './settlement.js';

/** Told of a trial while it runs; tests use it to do harm at the right moment. */
export interface TrialHooks {
  started?(pids: ReadonlyMap<string, number>): void;
  phase?(name: string, startMs: RunMs, epoch: Epoch): void;
}

/** The processes of a trial, and what they told so far. */
export interface Stage {
  readonly processes: Processes;
  readonly roles: readonly ProcessPlan[];
  readonly settled: Settlement;
  readonly clock: () => RunMs;
  readonly signal: AbortSignal;
  /** Deadline of each phase, beyond its own duration. */
  readonly timeoutMs: number;
  readonly hooks: TrialHooks;
  readonly epoch: Epoch;
  /** Of processes that cannot be asked. */
  readonly footprint: Footprint;
  readonly usage: Usage[];
  readonly strikes: Strike[];
  readonly errors: CallError[];
  readonly calls: CallTimes[];
  /** Per producer: what it made in phases that it finished. */
  readonly produced: Map<string, readonly ProducedRange[]>;
  /** The phase that was begun last. */
  begun?: { readonly name: string; readonly startMs: RunMs };
  working: 'on' | 'off';
  accepted: number;
  /** Accepted in earlier phases and given up: nobody waits for them again. */
  lost: number;
}

export function newStage(
  given: Pick<
    Stage,
    'processes' | 'roles' | 'settled' | 'clock' | 'signal' | 'timeoutMs' | 'hooks' | 'epoch' | 'footprint'
  >,
): Stage {
  return {
    ...given,
    usage: [],
    strikes: [],
    errors: [],
    calls: [],
    produced: new Map(),
    working: 'off',
    accepted: 0,
    lost: 0,
  };
}
