import type { Timeline } from '../core/timeline.js';
import type { Case, Context } from './case.js';
import { jobsPhase, plainLayout, trialOf } from './trials.js';

const JOBS = 30;
const ATTEMPTS = 3;

/** `fail:2` throws on the attempts that it is told are 1 and 2: only right numbers let it end after three starts. */
export const retries: Case = {
  name: 'attempts are numbered from 1, and there are exactly as many as were asked for',
  applies: (traits) => traits.retries,
  async run(context) {
    const each = [failing(context, ATTEMPTS - 1), failing(context, 100)] as const;
    await Promise.allSettled(each); // one that fails leaves no processes of the other behind
    const [recovering, hopeless] = await Promise.all(each);
    const violations = [
      ...odd(recovering, (i) => recovering.completions[i] === 1 && recovering.failed[i] === 0).map(
        (n) => `${n} of ${JOBS} jobs that succeed on attempt ${ATTEMPTS} did not end as completed, once`,
      ),
      ...odd(recovering, (i) => recovering.starts[i] === ATTEMPTS).map(
        (n) => `${n} of ${JOBS} jobs that fail twice were not started ${ATTEMPTS} times`,
      ),
      ...odd(hopeless, (i) => hopeless.starts[i] === ATTEMPTS).map(
        (n) => `${n} of ${JOBS} jobs that always fail were not started ${ATTEMPTS} times`,
      ),
      ...odd(hopeless, (i) => hopeless.failed[i] === 1 && hopeless.completions[i] === 0).map(
        (n) => `${n} of ${JOBS} jobs that always fail were not reported as failed`,
      ),
    ];
    const lost = lostOf(recovering) + lostOf(hopeless);
    const said = `lost ${lost} of ${2 * JOBS} jobs that fail`;
    return {
      violations,
      miscounts: lost > 0 ? [{ kind: 'lost', said }] : [],
      facts: [`${2 * JOBS} jobs of ${ATTEMPTS} attempts`],
    };
  },
};

async function failing(context: Context, times: number): Promise<Timeline> {
  const work = { kind: 'fail', times } as const;
  const phases = [jobsPhase('jobs', JOBS)];
  return (await trialOf(context, { ...plainLayout, work, attempts: ATTEMPTS, phases })).timeline;
}

/** Jobs of which nobody knows how they would have ended. */
function lostOf({ size, completions, failed }: Timeline): number {
  let lost = 0;
  for (let i = 0; i < size; i++) if (completions[i] === 0 && failed[i] === 0) lost++;
  return lost;
}

/** How many jobs are not as they should be, of those that ended; nothing when all are. */
function odd(timeline: Timeline, right: (index: number) => boolean): number[] {
  let wrong = 0;
  for (let i = 0; i < timeline.size; i++) {
    const ended = timeline.completions[i] !== 0 || timeline.failed[i] !== 0;
    if (ended && !right(i)) wrong++;
  }
  return wrong === 0 ? [] : [wrong];
}
