import { seedFor } from '../core/random.js';
import type { VirtualDay, VirtualLoad } from '../core/virtual.js';
import { openDatabase } from './database.js';
import { Fleets } from './fleets.js';
import { type PhaseColumns, phaseColumns } from './phasebook.js';
import { Timers } from './timers.js';
import type { Effect, FleetOptions, QueueLimits, Totals } from './types.js';

/** So many events between two pauses: a few milliseconds. */
const EVENTS_PER_PAUSE = 20_000;

/** The machines of a simulated day. */
export interface VirtualFleet {
  readonly options: FleetOptions;
  readonly queues: ReadonlyMap<string, QueueLimits>;
  readonly seed: number;
  /** What the totals are called where they are kept. */
  name(totals: Totals): Record<string, number>;
}

/** Told of every effect as it happens, for tests and for the comparison with real time. */
export type Watcher = (effect: Effect<number>, at: number) => void;

/** Lives through a load in virtual time: the same state machine as in real time, and nothing but the clock of its events. */
export async function simulateFleet(
  load: VirtualLoad,
  machines: VirtualFleet,
  pause: () => Promise<void> = async () => undefined,
  watch?: Watcher,
): Promise<VirtualDay> {
  const size = load.atMs.length;
  const seed = seedFor(machines.seed, 'machines', load.seed);
  const fleet = new Fleets<number>({ ...machines.options, bodies: 'none' }, machines.queues, seed);
  const ends = new Timers<{ readonly machine: number; readonly job: number }>();
  const database = load.database && openDatabase(load.database);
  const marks = blankMarks(size);
  const limit = load.attempts > 1 ? load.attempts : undefined;
  const queueOf = (job: number) => load.queues?.names[load.queues.of[job] ?? 0];
  let now = 0;
  function take(effects: readonly Effect<number>[]): void {
    for (const effect of effects) {
      watch?.(effect, now);
      if (effect.kind === 'run') run(effect.machine, effect.job);
      else if (effect.kind === 'stop' || effect.kind === 'lost') database?.disconnect(effect.machine, now);
      else mark(marks, effect, now);
    }
  }
  function run(machine: number, job: number): void {
    marks.startedMs[job] = now;
    marks.starts[job] = (marks.starts[job] ?? 0) + 1;
    if (database?.connect(machine, now) === false) take(fleet.died(machine, now));
    else ends.push(now + (load.runMs[job] ?? 0), { machine, job });
  }
  function step(arrivalMs: number, next: number): 'arrived' | 'passed' {
    if (fleet.nextAt() <= now) take(fleet.advance(now));
    else if (ends.nextAt <= now) {
      const ended = ends.pop();
      if (ended !== undefined) take(fleet.finished(ended.machine, now, ended.job));
    } else if (arrivalMs <= now) {
      take(fleet.submit(next, now, limit, queueOf(next)));
      return 'arrived';
    } else database?.advance(now);
    return 'passed';
  }

  take(fleet.resume(Number.POSITIVE_INFINITY, 0));
  for (let next = 0, events = 1; next < size || fleet.open > 0; events++) {
    const arrivalMs = load.atMs[next] ?? Number.POSITIVE_INFINITY;
    now = Math.min(arrivalMs, ends.nextAt, fleet.nextAt(), database?.nextAt() ?? Number.POSITIVE_INFINITY);
    if (step(arrivalMs, next) === 'arrived') next++;
    if (events % EVENTS_PER_PAUSE === 0) await pause();
  }
  const lastMs = now;
  const endMs = Math.max(now, load.untilMs);
  while (fleet.nextAt() <= endMs) {
    now = fleet.nextAt();
    take(fleet.advance(now));
  }
  now = endMs;
  const totals = machines.name(fleet.totals(endMs));
  take(fleet.shutdown(endMs));
  const { columns, ...times } = marks;
  const shared = database && { db_peak: database.peak, db_refused_machines: database.refusedMachines };
  return {
    ...times,
    endMs,
    observation: { totals: { ...totals, ...shared }, spans: {}, columns: columns.columns },
    effective: {},
    ...(database && { requests: database.requests(lastMs) }),
  };
}

interface Marks {
  readonly startedMs: Float64Array;
  readonly finishedMs: Float64Array;
  readonly settledMs: Float64Array;
  readonly starts: Uint16Array;
  readonly columns: PhaseColumns;
}

function blankMarks(size: number): Marks {
  const blank = () => new Float64Array(size).fill(Number.NaN);
  const starts = new Uint16Array(size);
  return { startedMs: blank(), finishedMs: blank(), settledMs: blank(), starts, columns: phaseColumns(size) };
}

function mark(marks: Marks, effect: Effect<number>, now: number): void {
  if (effect.kind === 'completed') {
    marks.finishedMs[effect.job] = now;
    marks.settledMs[effect.job] = now;
    marks.columns.add(effect.job, effect.phases);
  } else if (effect.kind === 'dead') marks.settledMs[effect.job] = now;
  else if (effect.kind === 'lingered') marks.columns.lingered(effect.job, effect.ms);
}
