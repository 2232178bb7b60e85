import { maxOverlap } from '../stats/overlap.js';
import type { Case } from './case.js';
import { jobsPhase, plainLayout, trialOf } from './trials.js';

const JOBS = 150;
const CONCURRENCY = 3;

/** Jobs that wait, so that many more could run at once than were asked for. */
export const concurrencyKept: Case = {
  name: 'no more jobs run at once than the concurrency that was asked for',
  applies: ({ unlimited }) => unlimited !== true,
  async run(context) {
    const phases = [jobsPhase('jobs', JOBS)];
    const layout = { ...plainLayout, concurrency: CONCURRENCY, work: { kind: 'io', ms: 5 } as const, phases };
    const { timeline } = await trialOf(context, layout);
    const most = maxOverlap(timeline.started, timeline.finished);
    return {
      violations: most > CONCURRENCY ? [`ran ${most} jobs at once, although ${CONCURRENCY} were asked for`] : [],
      facts: [`${JOBS} jobs, at most ${most} of ${CONCURRENCY} at once`],
    };
  },
};
