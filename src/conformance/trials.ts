import type { Layout } from '../core/layout.js';
import type { TrialOutcome } from '../engine/outcome.js';
import { runTrial } from '../engine/trial.js';
import type { Context } from './case.js';

let serial = 0;

/** Runs a layout as a trial: processes of its own, as when it is measured. @throws JobbenchError when it fails */
export async function trialOf(context: Context, layout: Layout): Promise<TrialOutcome> {
  const { signal, ...rest } = context;
  const outcome = await runTrial({ ...rest, name: `case${serial++}`, layout, keep: false }, signal);
  if (outcome.failure !== undefined) throw outcome.failure;
  return outcome;
}

/** One producer and one worker that carry small jobs; the rest is the case's. */
export const plainLayout: Layout = {
  producers: 1,
  workers: 1,
  concurrency: 5,
  work: { kind: 'noop' },
  payloadBytes: 64,
  attempts: 1,
  phases: [],
};

/** A phase in which so many jobs are enqueued as fast as possible, and all of them settle. */
export function jobsPhase(name: string, jobs: number, batch = 1): Layout['phases'][number] {
  return {
    name,
    workers: 'on',
    jobs: { kind: 'count', jobs, inFlight: 32, batch, maxMs: 60_000 },
    until: 'settled',
  };
}
