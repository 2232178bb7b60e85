import type { Timeline } from '../../src/core/timeline.js';
import { ledgerOf } from '../../src/engine/ledger.js';
import type { TrialOutcome } from '../../src/engine/outcome.js';
import { every, phaseWindow, requestsOf, timelineOf } from './timeline.js';

/** What a trial with this timeline, in which nothing went wrong, ends with. */
export function outcomeOf(timeline: Timeline, rest: Partial<TrialOutcome> = {}): TrialOutcome {
  return {
    timeline,
    ledger: ledgerOf(timeline, () => false),
    effective: {},
    skewBoundUs: 1,
    clockStepMs: 0,
    stealPercent: 0,
    cpuMs: 0,
    enqueueErrors: [],
    ...rest,
  };
}

/** What the probe of a capacity saw: jobs that settled, or requests that were answered, so many a second. */
export function probed(perS: number, kind: 'jobs' | 'web'): TrialOutcome {
  const phases = [phaseWindow('warm-up', 0, 300), phaseWindow('capacity', 400, 900)];
  const at = every(1000 / perS, Math.floor(0.9 * perS), 400);
  if (kind === 'web') return outcomeOf(timelineOf(phases, [], { requests: [requestsOf('capacity', at, () => 0)] }));
  const jobs = at.map((settled) => ({ phase: 'capacity', due: 400, accepted: 400, settled }));
  return outcomeOf(timelineOf(phases, jobs));
}
