import type { Asked, Settings } from '../core/adapter.js';
import type { RunMs } from '../core/clock.js';
import { codeOf, describeError } from '../core/errors.js';
import type { JobKind, Load, WebLoad } from '../core/layout.js';
import type { Observation } from '../core/observation.js';
import type { CallTimes, Usage } from '../core/timeline.js';

/** One stretch of work for producers and the load generator. */
export interface PhaseOrder {
  readonly name: string;
  readonly jobs?: Load;
  /** How these jobs differ from those of the plan. */
  readonly job?: JobKind;
  readonly web?: WebLoad;
  /** Everybody begins at this instant of the run clock. */
  readonly startMs: RunMs;
}

/** Why a call failed: a code for programs, where the error had one, and a sentence. */
export interface CallError {
  readonly code?: string;
  readonly message: string;
}

export function callError(error: unknown): CallError {
  const code = codeOf(error);
  return { ...(code !== undefined && { code }), message: describeError(error) };
}

/** What a process did in a phase, known as soon as it is over. */
export interface PhaseReport {
  readonly planned: number;
  readonly accepted: number;
  /** The first few refused enqueues or failed requests. */
  readonly errors: readonly CallError[];
  readonly calls?: CallTimes;
}

/** Which jobs a producer made in which phase: rows `from` (inclusive) to `to` (exclusive) of its own count. */
export interface ProducedRange {
  readonly phase: string;
  readonly from: number;
  readonly to: number;
}

export interface FinalReport {
  readonly usage: readonly Usage[];
  readonly produced: readonly ProducedRange[];
  readonly observation?: Observation;
  readonly totalCpuMs: number;
}

/** What the coordinator asks of a role, and what it gets. */
export interface Calls {
  /** The run clock there, for bounding the skew. */
  ping: { argument: undefined; result: RunMs };
  /** `on` is answered when all stands that the session starts for itself, which may take `withinMs`; `off` when jobs in flight settled. */
  work: { argument: { to: 'off' } | { to: 'on'; withinMs: number }; result: undefined };
  phase: { argument: PhaseOrder; result: PhaseReport };
  /** The phase is over for everybody: take the resource readings. */
  over: { argument: string; result: undefined };
  depth: { argument: undefined; result: number | undefined };
  /** What the backend was asked so far, where that is counted. */
  queries: { argument: undefined; result: Asked | undefined };
  effective: { argument: undefined; result: Settings };
  finish: { argument: undefined; result: FinalReport };
}

export type Verb = keyof Calls;

/** Coordinator to role. `to` names the role: one process may hold several, in threads of its own. */
export type Request =
  | { [V in Verb]: { to: string; id: number; call: V; argument: Calls[V]['argument'] } }[Verb]
  /** All jobs settled so far, everywhere: lets producers keep a bounded backlog. No answer. */
  | { to: string; settled: number };

/** Role to coordinator. */
export type Reply =
  | { id: number; result: unknown }
  | { id: number; error: { code: string; message: string } }
  | { from: string; ready: true }
  | { from: string; failed: { code: string; message: string } }
  /** Jobs this role settled so far. Sent now and then, never per job. */
  | { from: string; settled: number };
