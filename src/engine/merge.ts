import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Epoch } from '../core/clock.js';
import { eventAt } from '../core/deliveries.js';
import type { Phase } from '../core/layout.js';
import type { Observation } from '../core/observation.js';
import { seedFor } from '../core/random.js';
import type { CallTimes, PhaseWindow, Reading, Requests, Strike, Timeline, Usage } from '../core/timeline.js';
import { LOGS, listLogs, readLog } from '../work/logs.js';
import { dueAhead, plannedAt, webArrivals } from './arrivals.js';
import { heldAt, retriesIn } from './attempts.js';
import type { ProducedRange } from './protocol.js';

/** What the coordinator knows when the processes of a trial are done. */
export interface Recorded {
  readonly logDir: string;
  readonly epoch: Epoch;
  readonly seed: number;
  readonly phases: readonly Phase[];
  readonly windows: readonly PhaseWindow[];
  /** Per producer, in order of their ordinals. */
  readonly produced: readonly (readonly ProducedRange[])[];
  readonly usage: readonly Usage[];
  readonly strikes: readonly Strike[];
  readonly calls: readonly CallTimes[];
  readonly observations: readonly Observation[];
  readonly storeBytes: number;
  readonly memory: readonly Reading[];
}

/** Merges the event logs of all processes and threads into one timeline. */
export function mergeLogs(recorded: Recorded): Timeline {
  const { produced, windows } = recorded;
  const producers = Math.max(1, produced.length);
  const size = Math.max(
    0,
    ...produced.map((ranges, ordinal) => ordinal + ((ranges.at(-1)?.to ?? 0) - 1) * producers + 1),
  );
  const blank = () => new Float64Array(size).fill(Number.NaN);
  const marks = {
    phase: new Uint8Array(size).fill(255),
    due: blank(),
    called: blank(),
    accepted: blank(),
    started: blank(),
    finished: blank(),
    settled: blank(),
    starts: new Uint16Array(size),
    completions: new Uint16Array(size),
    settlements: new Uint8Array(size),
    failed: new Uint8Array(size),
    struck: new Uint8Array(size),
  };
  readProduced(recorded, producers, marks);
  const delivering = recorded.phases.some(({ job }) => job?.deliveries);
  const effects = delivering ? new Uint16Array(size) : undefined;
  const { unexpected, threw } = readExecuted(recorded.logDir, marks, effects);
  const misnamed = readSettled(recorded.logDir, marks);
  const held = heldAt(recorded.strikes, recorded.logDir);
  for (const { index } of held) if (index >= 0 && index < size) marks.struck[index] = 1;
  const keys = keysOf(recorded, producers, size);
  return {
    size,
    ...marks,
    ...(keys && { keys }),
    ...(effects && { effects }),
    retries: threw ? retriesIn(recorded.logDir) : [],
    held,
    ...(misnamed > 0 && { misnamed }),
    unexpected,
    phases: windows,
    requests: readRequests(recorded),
    strikes: recorded.strikes,
    usage: recorded.usage,
    calls: recorded.calls,
    observations: recorded.observations,
    storeBytes: recorded.storeBytes,
    memory: recorded.memory,
  };
}

type Marks = Pick<
  Timeline,
  | 'phase'
  | 'due'
  | 'called'
  | 'accepted'
  | 'started'
  | 'finished'
  | 'settled'
  | 'starts'
  | 'completions'
  | 'settlements'
  | 'failed'
  | 'struck'
>;

function readProduced(recorded: Recorded, producers: number, marks: Marks): void {
  for (const name of listLogs(recorded.logDir, LOGS.produced)) {
    readLog(name, (index, called, accepted, flag) => {
      marks.called[index] = called;
      marks.due[index] = called; // closed loops: a job is due when it is called; open ones are set below
      if (flag === 1) marks.accepted[index] = accepted;
    });
  }
  recorded.produced.forEach((ranges, ordinal) => {
    for (const range of ranges) {
      const at = recorded.windows.findIndex((window) => window.name === range.phase);
      const due = dueTimes(recorded, range, ordinal);
      for (let k = range.from; k < range.to; k++) {
        const index = ordinal + k * producers;
        marks.phase[index] = at;
        const planned = due?.[k - range.from];
        if (planned !== undefined) marks.due[index] = planned;
      }
    }
  });
}

function dueTimes(recorded: Recorded, range: ProducedRange, ordinal: number): Float64Array | undefined {
  const load = recorded.phases.find((phase) => phase.name === range.phase)?.jobs;
  const window = recorded.windows.find((phase) => phase.name === range.phase);
  if ((load?.kind !== 'open' && load?.kind !== 'listed') || window === undefined) return undefined;
  const times = plannedAt(load, seedFor(recorded.seed, range.phase, ordinal)).map((at) => at + window.startMs);
  const aheadMs = load.kind === 'open' ? load.aheadMs : undefined;
  return aheadMs === undefined ? times : times.map((at) => dueAhead(recorded.epoch, at, aheadMs));
}

/** The key of each job as a number: the events of different producers are different ones. */
function keysOf({ phases, produced, seed }: Recorded, producers: number, size: number): Int32Array | undefined {
  if (!phases.some(({ job }) => job?.deliveries)) return undefined;
  const keys = new Int32Array(size).fill(-1);
  produced.forEach((ranges, ordinal) => {
    for (const { phase, from, to } of ranges) {
      const deliveries = phases.find(({ name }) => name === phase)?.job?.deliveries;
      const event = deliveries && eventAt(deliveries, seed, ordinal);
      if (event) for (let k = from; k < to; k++) keys[ordinal + k * producers] = event(k) * producers + ordinal;
    }
  });
  return keys;
}

/** @returns executions of indices that nobody produced, and whether any execution threw */
function readExecuted(dir: string, marks: Marks, effects?: Uint16Array): { unexpected: number; threw: boolean } {
  let unexpected = 0;
  let threw = false;
  for (const name of listLogs(dir, LOGS.executed)) {
    readLog(name, (index, started, finished, flag) => {
      if (flag === 2) threw = true;
      if (index < 0 || index >= marks.phase.length || marks.phase[index] === 255) {
        unexpected++;
        return;
      }
      marks.starts[index] = (marks.starts[index] ?? 0) + 1;
      const completed = flag === 1 || flag === 4; // 4 = without an effect
      if (effects && flag === 1) effects[index] = (effects[index] ?? 0) + 1;
      const first = completed
        ? marks.completions[index] === 0 || started < (marks.started[index] ?? 0)
        : marks.completions[index] === 0 && !(started > (marks.started[index] ?? 0));
      if (completed) marks.completions[index] = (marks.completions[index] ?? 0) + 1;
      if (!first) return;
      marks.started[index] = started;
      if (completed) marks.finished[index] = finished;
    });
  }
  return { unexpected, threw };
}

/** @returns reports with a word that is no outcome */
function readSettled(dir: string, marks: Marks): number {
  let misnamed = 0;
  for (const name of listLogs(dir, LOGS.settled)) {
    readLog(name, (index, at, _, flag) => {
      // 3 = will be retried; 0 = told with a word that is no outcome, which is as good as not told
      if (flag === 0) misnamed++;
      if (flag === 3 || flag === 0 || index < 0 || index >= marks.settled.length) return;
      marks.settlements[index] = Math.min(255, (marks.settlements[index] ?? 0) + 1);
      if (!(at >= (marks.settled[index] as number))) marks.settled[index] = at;
      if (flag === 2) marks.failed[index] = 1;
    });
  }
  return misnamed;
}

function readRequests(recorded: Recorded): Requests[] {
  const found: Requests[] = [];
  for (const { name: phase, web } of recorded.phases) {
    const file = join(recorded.logDir, `${phase}${LOGS.requested}`);
    const window = recorded.windows.find((other) => other.name === phase);
    if (web === undefined || window === undefined || !existsSync(file)) continue;
    const times = webArrivals(web, recorded.seed, phase);
    const due: number[] = [];
    const sent: number[] = [];
    const finished: number[] = [];
    const ok: number[] = [];
    readLog(file, (ordinal, at, end, flag) => {
      due.push(web.arrivals === 'closed' ? at : (times[ordinal] ?? Number.NaN) + window.startMs);
      sent.push(at);
      finished.push(end);
      ok.push(flag === 1 ? 1 : 0);
    });
    found.push({
      phase,
      due: Float64Array.from(due),
      sent: Float64Array.from(sent),
      finished: Float64Array.from(finished),
      ok: Uint8Array.from(ok),
    });
  }
  return found;
}
