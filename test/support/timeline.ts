import type { PhaseWindow, Requests, Timeline } from '../../src/core/timeline.js';

/** A job of a timeline made by hand. Marks that are left out did not happen; one that finished has completed once. */
export interface JobRow {
  readonly phase?: string;
  readonly due?: number;
  readonly called?: number;
  readonly accepted?: number;
  readonly started?: number;
  readonly finished?: number;
  readonly settled?: number;
  readonly starts?: number;
  readonly completions?: number;
  readonly settlements?: number;
  readonly failed?: boolean;
  readonly struck?: boolean;
}

/** A phase of the given length that begins at `startMs`. */
export function phaseWindow(name: string, startMs: number, lengthMs: number, restMs = 0): PhaseWindow {
  return { name, startMs, producedMs: startMs + lengthMs, endMs: startMs + lengthMs + restMs };
}

/** @param jobs without a phase they were never produced */
export function timelineOf(
  phases: readonly PhaseWindow[],
  jobs: readonly JobRow[],
  rest: Partial<Timeline> = {},
): Timeline {
  const names = phases.map((phase) => phase.name);
  const column = (of: (job: JobRow) => number | undefined) => Float64Array.from(jobs, (job) => of(job) ?? Number.NaN);
  const ended = (job: JobRow) => (job.finished === undefined ? 0 : 1);
  return {
    size: jobs.length,
    phase: Uint8Array.from(jobs, (job) => (job.phase === undefined ? 255 : names.indexOf(job.phase))),
    due: column((job) => job.due),
    called: column((job) => job.called ?? job.due),
    accepted: column((job) => job.accepted),
    started: column((job) => job.started),
    finished: column((job) => job.finished),
    settled: column((job) => job.settled ?? job.finished),
    starts: Uint16Array.from(jobs, (job) => job.starts ?? ended(job)),
    completions: Uint16Array.from(jobs, (job) => job.completions ?? ended(job)),
    settlements: Uint8Array.from(jobs, (job) => job.settlements ?? ended(job)),
    failed: Uint8Array.from(jobs, (job) => (job.failed ? 1 : 0)),
    struck: Uint8Array.from(jobs, (job) => (job.struck ? 1 : 0)),
    strikes: [],
    retries: [],
    held: [],
    unexpected: 0,
    phases,
    requests: [],
    usage: [],
    calls: [],
    observations: [],
    storeBytes: 0,
    ...rest,
  };
}

/** Requests that are answered `latencyMs(k)` after they were due; NaN = never. */
export function requestsOf(phase: string, dueMs: readonly number[], latencyMs: (k: number) => number): Requests {
  return {
    phase,
    due: Float64Array.from(dueMs),
    sent: Float64Array.from(dueMs),
    finished: Float64Array.from(dueMs, (due, k) => due + latencyMs(k)),
    ok: Uint8Array.from(dueMs, (_, k) => (Number.isNaN(latencyMs(k)) ? 0 : 1)),
  };
}

/** `n` instants, `gapMs` apart. */
export function every(gapMs: number, n: number, fromMs = 0): number[] {
  return Array.from({ length: n }, (_, i) => fromMs + i * gapMs);
}
