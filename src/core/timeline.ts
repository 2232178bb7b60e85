import type { Observation } from './observation.js';

/** One stretch of a trial, on the run clock. */
export interface PhaseWindow {
  readonly name: string;
  /** The instant at which producers and load were told to begin. */
  readonly startMs: number;
  /** The last arrival that the plan had, or the last that was produced. */
  readonly producedMs: number;
  /** When the coordinator saw the phase complete. */
  readonly endMs: number;
  /** Of a phase of rest: what the backend was asked meanwhile. Absent where that is not counted. */
  readonly queries?: number;
}

/** Requests to the web server during one phase: one row each. NaN = missing. Milliseconds since the epoch. */
export interface Requests {
  readonly phase: string;
  readonly due: Float64Array;
  readonly sent: Float64Array;
  readonly finished: Float64Array;
  /** 1 = answered with 200. */
  readonly ok: Uint8Array;
}

/** A fault as it happened, in ms since the epoch. */
export interface Strike {
  readonly kind: 'kill' | 'freeze' | 'stop';
  /** The role that was struck. */
  readonly process: string;
  readonly phase: string;
  readonly atMs: number;
  /** When it was at work again. */
  readonly backMs: number;
}

/** A job that was in the hands of a process when that was struck. */
export interface Held {
  /** Which of the strikes. */
  readonly strike: number;
  readonly index: number;
  /** When it was started again; NaN = never. */
  readonly againMs: number;
}

/** An attempt that came after one that failed. */
export interface Retry {
  readonly index: number;
  /** The attempt that failed before it, from 1. */
  readonly failed: number;
  /** From the end of that to the start of this. */
  readonly gapMs: number;
}

/** Processor time and memory of one process during one phase. */
export interface Usage {
  readonly process: string;
  readonly phase: string;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  readonly eventLoopUtilization: number;
  /** Mean delay that an event arriving at a random moment finds, in ms: sum of squared blocks / (2 x time). */
  readonly loopDelayMs: number;
  readonly gcMs: number;
  readonly wallMs: number;
  /** Times that a thread of the process fell asleep, and so was woken: voluntary context switches. Absent where not counted. */
  readonly sleeps?: number;
  /** The longest delay of its event loop since the reading before. Absent where it was not watched. */
  readonly loop?: readonly Reading[];
  /** Of a load generator in an open loop: when it wanted to run and could not, for 2 ms or more. */
  readonly hiccups?: { readonly count: number; readonly worstMs: number };
}

/** A value at a moment, in ms since the epoch. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/** Statistics of single calls of one phase, as tinybench gives them. */
export interface CallTimes {
  readonly phase: string;
  readonly samples: number;
  readonly perS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Relative margin of error of the mean at 95 %, in percent. */
  readonly marginPercent: number;
}

/**
 * What happened to every job: a column per mark, row = job index, ms since the trial's epoch, NaN = did not happen.
 * `started` and `finished` are those of the first completed execution, or of the first one where none completed.
 */
export interface Timeline {
  readonly size: number;
  /** Index into `phases`; 255 = the index was never produced. */
  readonly phase: Uint8Array;
  readonly due: Float64Array;
  readonly called: Float64Array;
  readonly accepted: Float64Array;
  readonly started: Float64Array;
  readonly finished: Float64Array;
  readonly settled: Float64Array;
  /** Executions begun. */
  readonly starts: Uint16Array;
  /** Executions that ended without throwing. */
  readonly completions: Uint16Array;
  /** Final outcomes that the adapter reported. */
  readonly settlements: Uint8Array;
  /** 1 = the adapter reported its final failure. */
  readonly failed: Uint8Array;
  /** 1 = it was in the hands of a process at the moment when that was struck: started and not yet settled there. */
  readonly struck: Uint8Array;
  /** Of jobs with a unique key: jobs with the same number have the same key. -1 = none. Absent where no job has one. */
  readonly keys?: Int32Array;
  /** Of jobs that deliver events: executions that had an effect. Absent where no job does. */
  readonly effects?: Uint16Array;
  /** Of jobs that failed before they completed or were given up. */
  readonly retries: readonly Retry[];
  readonly held: readonly Held[];
  /** Reports with a word that is no outcome. Absent where there were none. */
  readonly misnamed?: number;
  /** Executions of indices that were never produced. */
  readonly unexpected: number;
  readonly phases: readonly PhaseWindow[];
  readonly requests: readonly Requests[];
  readonly strikes: readonly Strike[];
  readonly usage: readonly Usage[];
  readonly calls: readonly CallTimes[];
  readonly observations: readonly Observation[];
  readonly storeBytes: number;
  /** Resident memory of all processes of the trial, in bytes; pages that they share count for each. Empty where it cannot be read. */
  readonly memory?: readonly Reading[];
}

/** The columns of the jobs of one phase, in order of due time. */
export interface PhaseView {
  readonly window: PhaseWindow;
  readonly indices: Int32Array;
}

/** A scenario asks for the same phase for each of its metrics, and a million jobs take a while to be sorted. */
const views = new WeakMap<Timeline, Map<string, PhaseView>>();

/** @throws RangeError when the timeline has no such phase: a scenario asked for one it did not lay out. */
export function phaseOf(timeline: Timeline, name: string): PhaseView {
  const known = views.get(timeline) ?? new Map<string, PhaseView>();
  const view = known.get(name) ?? viewOf(timeline, name);
  known.set(name, view);
  views.set(timeline, known);
  return view;
}

function viewOf(timeline: Timeline, name: string): PhaseView {
  const at = timeline.phases.findIndex((phase) => phase.name === name);
  const window = timeline.phases[at];
  if (window === undefined) throw new RangeError(`no phase "${name}" in this trial`);
  const indices = new Int32Array(timeline.size);
  let count = 0;
  let ordered = true;
  for (let i = 0, last = Number.NEGATIVE_INFINITY; i < timeline.size; i++) {
    if (timeline.phase[i] !== at) continue;
    indices[count++] = i;
    const due = timeline.due[i] as number;
    if (!(due >= last)) ordered = false;
    last = due;
  }
  const own = indices.subarray(0, count);
  // One producer makes them in order, and sorting a million takes a second.
  return { window, indices: ordered ? own : own.sort((a, b) => (timeline.due[a] ?? 0) - (timeline.due[b] ?? 0)) };
}
