import type { Finding } from '../core/promises.js';
import { violations } from '../engine/ledger.js';
import type { Case } from './case.js';
import type { MiscountKind } from './miscounts.js';
import { jobsPhase, plainLayout, trialOf } from './trials.js';

const SIZES = {
  quick: { jobs: 2_000, producers: 2, workers: 2 },
  full: { jobs: 20_000, producers: 4, workers: 8 },
} as const;
const BATCH = 50;

/** Several producers and workers at once, where the backend is shared; the bulk path too, where there is one. */
export const accounted: Case = {
  name: 'every accepted job completes exactly once when nothing fails',
  about: 'delivery',
  applies: () => true,
  async run(context) {
    const { traits } = context;
    const { jobs, producers, workers } = SIZES[context.level ?? 'quick'];
    const phases = [jobsPhase('single', jobs), ...(traits.bulk ? [jobsPhase('bulk', jobs, BATCH)] : [])];
    const { ledger, timeline } = await trialOf(context, { ...plainLayout, producers, workers, phases });
    const broken = violations(ledger, traits);
    if (ledger.failed > 0) broken.push(`reported ${ledger.failed} jobs as failed that did not throw`);
    const unsettled = timeline.settled.filter((at, i) => Number.isNaN(at) && (timeline.completions[i] ?? 0) > 0).length;
    if (unsettled > 0) broken.push(`never reported ${unsettled} completed jobs as settled`);
    const n = (count: number) => count.toLocaleString('en-US');
    const by = traits.topology === 'shared' ? ` by ${producers} producers, for ${workers} workers` : '';
    const facts = [`${n(ledger.accepted)} jobs${by}: lost ${ledger.lost}; repeated ${ledger.duplicated}`];
    const lost = ledger.lost + unsettled + (ledger.unsettled ?? 0);
    const repeated = ledger.duplicated + (ledger.resettled ?? 0);
    return { violations: broken, facts, figures: { accepted: ledger.accepted, lost, repeated } };
  },
};

/** What is wrong with the jobs of an adapter where nothing fails, as `accounted` found it. */
export function miscountsOf({ figures: { lost = 0, repeated = 0 } }: Finding): ReadonlySet<MiscountKind> {
  const kinds: [MiscountKind, number][] = [
    ['lost', lost],
    ['repeated', repeated],
  ];
  return new Set(kinds.filter(([, n]) => n > 0).map(([kind]) => kind));
}
