import type { Layout } from '../core/layout.js';
import type { Traits } from '../core/traits.js';
import type { TrialOutcome } from './outcome.js';
import type { Contestant, RunRequest } from './request.js';
import { runTrial } from './trial.js';

/** Runs trials one after another in the run's scratch folder, and keeps what concerns all of them. */
export interface Bench {
  trial(contestant: Contestant, traits: Traits, layout: Layout, seed: number): Promise<TrialOutcome>;
  /** The worst bound of any trial. */
  skewBoundUs(): number;
  /** Processor time of all trials' processes. */
  cpuMs(): number;
}

export function openBench(request: RunRequest, scratchRoot: string, spinsPerMs: number, signal: AbortSignal): Bench {
  let trials = 0;
  let skew = 0;
  let cpu = 0;
  return {
    async trial({ adapter, ref }, traits, layout, seed) {
      const { id: runId, timeoutMs, allowRemote, keep } = request;
      const name = `t${trials++}`;
      const common = { runId, timeoutMs, allowRemote, keep, scratchRoot, spinsPerMs };
      const outcome = await runTrial({ ...common, name, adapter, ref, traits, layout, seed }, signal);
      skew = Math.max(skew, outcome.skewBoundUs);
      cpu += outcome.cpuMs;
      return outcome;
    },
    skewBoundUs: () => skew,
    cpuMs: () => cpu,
  };
}
