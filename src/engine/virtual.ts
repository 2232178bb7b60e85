import { JobbenchError, unsupported } from '../core/errors.js';
import type { Job } from '../core/job.js';
import type { Layout, Load, Phase } from '../core/layout.js';
import { seedFor } from '../core/random.js';
import type { Timeline } from '../core/timeline.js';
import type { VirtualDay, VirtualLoad } from '../core/virtual.js';
import { arrivals, plannedAt } from './arrivals.js';
import type { Bench } from './bench.js';
import { ledgerOf } from './ledger.js';
import { lengths } from './lengths.js';
import type { TrialOutcome } from './outcome.js';
import type { Contestant } from './request.js';

/** Web requests are simulated for so long at most; a burst has ended by then, or its web tier has been judged. */
const LONGEST_WEB_MS = 3_600_000;

/** Trials in virtual time: nothing is started, and the outcome has the same shape as that of real ones. */
export function openVirtualBench(signal: AbortSignal): Bench {
  async function pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw new JobbenchError('ABORTED', 'stopped');
  }
  return {
    async trial(contestant, _traits, layout, seed) {
      const load = loadOf(layout, seed);
      try {
        await pause();
        return outcomeOf(layout, load, await live(contestant, load, pause));
      } catch (error) {
        if (!(error instanceof JobbenchError) || error.code === 'USAGE') throw error;
        return { ...outcomeOf(layout, load, nothing(load)), failure: error };
      }
    },
    skewBoundUs: () => 0,
    cpuMs: () => 0,
  };
}

function live({ adapter, ref }: Contestant, load: VirtualLoad, pause: () => Promise<void>): Promise<VirtualDay> {
  if (adapter.simulate === undefined) throw unsupported(ref.name, 'virtual time');
  return adapter.simulate(load, ref.options, pause);
}

/** The one phase of a layout as columns. */
function loadOf(layout: Layout, seed: number): VirtualLoad {
  const [phase, ...more] = layout.phases;
  const jobs = phase?.jobs;
  if (phase === undefined || more.length > 0 || (jobs?.kind !== 'open' && jobs?.kind !== 'listed'))
    throw new Error('only a layout of one phase with an open load can be simulated');
  const atMs = plannedAt(jobs, seedFor(seed, phase.name, 0));
  return {
    atMs,
    runMs: runTimes(layout, phase, jobs, atMs.length, seed),
    ...(jobs.kind === 'listed' && jobs.queues && { queues: jobs.queues }),
    attempts: layout.attempts,
    untilMs: jobs.durationMs,
    seed,
    ...databaseOf(layout, seed),
  };
}

function runTimes(layout: Layout, phase: Phase, jobs: Load, size: number, seed: number): Float64Array {
  if (jobs.kind === 'listed' && jobs.runMs !== undefined) return Float64Array.from(jobs.runMs);
  const takes = phase.job?.takes;
  if (takes !== undefined) {
    const draw = lengths(takes, seed);
    return Float64Array.from({ length: size }, () => draw());
  }
  return new Float64Array(size).fill(workMs(phase.job?.work ?? layout.work));
}

/** How long work takes where nothing else uses the processor. */
function workMs(work: Job['work']): number {
  if (work.kind === 'cpu' || work.kind === 'io') return work.ms;
  if (work.kind === 'noop') return 0;
  throw new JobbenchError(
    'USAGE',
    `work "${work.kind}" has no length of its own; in virtual time write io:500ms or cpu:5ms`,
  );
}

function databaseOf({ database }: Layout, seed: number): Pick<VirtualLoad, 'database'> {
  if (database === undefined) return {};
  const { connections, perMachine, webPerS, webHoldsMs, timeoutMs } = database;
  const schedule = { arrivals: 'poisson' as const, ratePerS: webPerS, durationMs: LONGEST_WEB_MS };
  const webAtMs = arrivals(schedule, seedFor(seed, 'web'));
  return { database: { connections, perMachine, webHoldsMs, timeoutMs, webAtMs } };
}

function outcomeOf(layout: Layout, load: VirtualLoad, day: VirtualDay): TrialOutcome {
  const timeline = timelineOf(layout, load, day);
  return {
    timeline,
    ledger: ledgerOf(timeline, () => false, layout.attempts),
    effective: day.effective,
    skewBoundUs: 0,
    clockStepMs: 0,
    cpuMs: 0,
    stealPercent: 0,
    enqueueErrors: [],
  };
}

function timelineOf(layout: Layout, { atMs, untilMs }: VirtualLoad, day: VirtualDay): Timeline {
  const size = atMs.length;
  const { startedMs, finishedMs, settledMs, starts, endMs, observation, requests } = day;
  const name = layout.phases[0]?.name ?? '';
  const completions = new Uint16Array(size);
  const settlements = new Uint8Array(size);
  const failed = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    if (!Number.isNaN(finishedMs[i] as number)) completions[i] = 1;
    if (!Number.isNaN(settledMs[i] as number)) settlements[i] = 1;
    if (settlements[i] === 1 && completions[i] === 0) failed[i] = 1;
  }
  return {
    size,
    phase: new Uint8Array(size),
    due: atMs,
    called: atMs,
    accepted: atMs,
    started: startedMs,
    finished: finishedMs,
    settled: settledMs,
    starts,
    completions,
    settlements,
    failed,
    struck: new Uint8Array(size),
    retries: [],
    held: [],
    unexpected: 0,
    phases: [{ name, startMs: 0, producedMs: untilMs, endMs }],
    requests: requests === undefined ? [] : [{ phase: name, ...requests }],
    strikes: [],
    usage: [],
    calls: [],
    observations: [observation],
    storeBytes: 0,
  };
}

function nothing({ atMs, untilMs }: VirtualLoad): VirtualDay {
  const blank = () => new Float64Array(atMs.length).fill(Number.NaN);
  const observation = { totals: {}, spans: {} };
  const marks = { startedMs: blank(), finishedMs: blank(), settledMs: blank(), starts: new Uint16Array(atMs.length) };
  return { ...marks, endMs: untilMs, observation, effective: {} };
}
