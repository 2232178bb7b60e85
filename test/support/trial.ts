import type { Layout, Phase } from '../../src/core/layout.js';
import type { Timeline } from '../../src/core/timeline.js';
import { phaseOf } from '../../src/core/timeline.js';
import type { Contestant } from '../../src/engine/request.js';
import type { TrialRequest } from '../../src/engine/trialrequest.js';
import { spin } from '../../src/work/body.js';
import { traitsOf } from './contestants.js';

let serial = 0;

/** One producer and one worker that carry jobs which do nothing; the rest is the test's. */
export const plain: Layout = {
  producers: 1,
  workers: 1,
  concurrency: 5,
  work: { kind: 'noop' },
  payloadBytes: 64,
  attempts: 1,
  phases: [],
};

export function openPhase(load: Omit<Extract<Phase['jobs'], { kind: 'open' }>, 'kind'>, name = 'open'): Phase {
  return { name, workers: 'on', jobs: { kind: 'open', ...load }, until: 'settled' };
}

export function countPhase(jobs: number, name = 'jobs'): Phase {
  return {
    name,
    workers: 'on',
    jobs: { kind: 'count', jobs, inFlight: 16, batch: 1, maxMs: 20_000 },
    until: 'settled',
  };
}

export function trialRequest(
  { adapter, ref, ...rest }: Contestant,
  scratchRoot: string,
  layout: Layout,
  more: Partial<TrialRequest> = {},
): TrialRequest {
  return {
    name: `t${serial++}`,
    runId: 'test',
    adapter,
    ref,
    traits: traitsOf({ adapter, ref, ...rest }),
    layout,
    seed: 1,
    timeoutMs: 20_000,
    scratchRoot,
    spinsPerMs: 100_000,
    allowRemote: false,
    keep: false,
    ...more,
  };
}

/** Differences of two marks of a phase's jobs, in order of due time. */
export function spans(
  timeline: Timeline,
  phase: string,
  from: 'due' | 'called' | 'started',
  to: 'called' | 'accepted' | 'started' | 'finished',
): Float64Array {
  const { indices } = phaseOf(timeline, phase);
  return Float64Array.from(indices, (i) => (timeline[to][i] as number) - (timeline[from][i] as number));
}

/** How many rounds of the loop that `cpu` work runs take a millisecond here: the fastest of some tries. */
export function spinsPerMs(): number {
  const rounds = 400_000;
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 20; n++) {
    const from = performance.now();
    spin(rounds);
    least = Math.min(least, performance.now() - from);
  }
  return rounds / least;
}
