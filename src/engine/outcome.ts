import type { Settings } from '../core/adapter.js';
import { takeEpoch } from '../core/clock.js';
import type { JobbenchError } from '../core/errors.js';
import type { Ledger } from '../core/result.js';
import type { Timeline } from '../core/timeline.js';
import { ledgerOf } from './ledger.js';
import { mergeLogs, type Recorded } from './merge.js';
import type { Folders, TrialRequest } from './trialrequest.js';

/** What a trial came to, before a scenario turned it into numbers. */
export interface TrialOutcome {
  /** Why the trial did not come to its end; the rest is what was recorded until then. */
  readonly failure?: JobbenchError;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  readonly effective: Settings;
  readonly skewBoundUs: number;
  /** Change of wall clock minus run clock from begin to end, in ms. */
  readonly clockStepMs: number;
  readonly cpuMs: number;
  /** Share of the machine's time that the hypervisor took away meanwhile. */
  readonly stealPercent: number;
  readonly enqueueErrors: readonly string[];
}

/** Merged logs, and what became of every job in them. */
export function counted(recorded: Recorded, attempts: number): Pick<TrialOutcome, 'timeline' | 'ledger'> {
  const timeline = mergeLogs(recorded);
  const ahead = new Set(
    recorded.phases.filter((p) => p.jobs?.kind === 'open' && p.jobs.aheadMs !== undefined).map((p) => p.name),
  );
  return { timeline, ledger: ledgerOf(timeline, (phase) => ahead.has(phase), attempts) };
}

/** Of a trial that failed before anything could be recorded. */
export function nothingRecorded(failure: JobbenchError, request: TrialRequest, folders: Folders): TrialOutcome {
  const nothing = {
    windows: [],
    produced: [],
    usage: [],
    strikes: [],
    calls: [],
    observations: [],
    storeBytes: 0,
    memory: [],
  };
  const { seed, layout } = request;
  const recorded = counted(
    { logDir: folders.logDir, epoch: takeEpoch(), seed, phases: layout.phases, ...nothing },
    layout.attempts,
  );
  return {
    failure,
    ...recorded,
    effective: {},
    skewBoundUs: 0,
    clockStepMs: 0,
    cpuMs: 0,
    stealPercent: 0,
    enqueueErrors: [],
  };
}
