import { violations } from '../engine/ledger.js';
import type { Case } from './case.js';
import { jobsPhase, plainLayout, trialOf } from './trials.js';

const JOBS = 2_000;
const BATCH = 50;

/** Several producers and workers at once, where the backend is shared; the bulk path too, where there is one. */
export const accounted: Case = {
  name: 'every accepted job completes exactly once when nothing fails',
  about: 'delivery',
  applies: () => true,
  async run(context) {
    const phases = [jobsPhase('single', JOBS), ...(context.traits.bulk ? [jobsPhase('bulk', JOBS, BATCH)] : [])];
    const { ledger, timeline } = await trialOf(context, { ...plainLayout, producers: 2, workers: 2, phases });
    const broken = violations(ledger, context.traits);
    if (ledger.failed > 0) broken.push(`reported ${ledger.failed} jobs as failed that did not throw`);
    const unsettled = timeline.settled.filter((at, i) => Number.isNaN(at) && (timeline.completions[i] ?? 0) > 0).length;
    if (unsettled > 0) broken.push(`never reported ${unsettled} completed jobs as settled`);
    return broken;
  },
};
