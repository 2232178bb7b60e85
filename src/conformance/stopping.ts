import type { Work } from '../core/job.js';
import type { Traits } from '../core/traits.js';
import type { Case } from './case.js';
import { type Execution, jobOf, notOnce, withQueue } from './direct.js';
import { type Miscount, orMiscount } from './miscounts.js';

const JOBS = 40;
const CONCURRENCY = 4;
const WORK_MS = 30;
/** So long nothing may start after `run` has resolved. */
const WATCH_MS = 60;

/** Aborts while jobs run, looks whether all is still, and lets a second run do the rest. */
export const stopping: Case = {
  name: 'stop finishes what runs and takes nothing new; a later run does the rest',
  about: 'delivery',
  applies: () => true,
  run: (context) =>
    withQueue(context, async (direct) => {
      const { producer, clock } = direct;
      const first = direct.start(CONCURRENCY);
      for (let index = 0; index < JOBS; index++) await producer.enqueue(jobOf(index, workOf(index)));
      await direct.until(() => direct.settled > 0, 'the first job to settle');
      const told = clock();
      await first.stop();
      const stopped = clock();
      const reported = direct.settled;
      const left = await direct.worker.depth?.();
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      const watched = clock();
      const second = direct.start(CONCURRENCY);
      const all = direct.until(() => direct.settled >= JOBS, `all ${JOBS} jobs to settle in a second run`);
      const waited = await orMiscount(all);
      await second.stop();
      const rows = await direct.close();
      const wrong = judge(rows, { told, stopped, watched }, reported, context.traits);
      return {
        violations: wrong,
        miscounts: [...waited, ...notOnce(rows, JOBS), ...gone(rows, stopped, left)],
        facts: [`${reported} of ${JOBS} jobs ended before the stop was over, the others in a second run`],
      };
    }),
};

/**
 * Jobs of one length that begin together also end together, in one turn of the event loop, and a stop just then finds none
 * that runs. So the first few are of different lengths: when one has settled, others are in the middle.
 */
function workOf(index: number): Work {
  return { kind: 'io', ms: index < CONCURRENCY ? WORK_MS * (index + 1) : WORK_MS };
}

interface Moments {
  readonly told: number;
  readonly stopped: number;
  readonly watched: number;
}

/**
 * How many jobs may begin after the stop. A thread or process may have the next job, or be about to take it, when the
 * stop comes: one for each place. On this event loop a place that executes a job has no next one. For one that is free a
 * claim may be on its way to the backend, and what it brings is this worker's: it may be executed or returned.
 */
function mayBegin({ executes }: Traits, executing: number): number {
  return executes === 'loop' ? Math.max(0, CONCURRENCY - executing) : CONCURRENCY;
}

function judge(rows: readonly Execution[], at: Moments, reported: number, traits: Traits): string[] {
  const between = (from: number, to: number) => rows.filter(({ started }) => started > from && started <= to).length;
  const runningAt = (moment: number) =>
    rows.filter(({ started, finished }) => started <= moment && !(finished <= moment)).length;
  const running = runningAt(at.stopped);
  const ended = rows.filter(({ finished }) => finished <= at.stopped).length;
  const taken = between(at.told, at.stopped);
  const after = between(at.stopped, at.watched);
  return [
    ...(taken > mayBegin(traits, runningAt(at.told)) ? [`took ${taken} more after it was told to stop`] : []),
    ...(running > 0 ? [`was still running ${running} jobs when run() resolved`] : []),
    ...(after > 0 ? [`started ${after} jobs after run() had resolved`] : []),
    ...(reported !== ended
      ? [`had reported ${reported} jobs as settled when run() resolved, but ${ended} had ended`]
      : []),
  ];
}

/** What had not ended must still be there. */
function gone(rows: readonly Execution[], stopped: number, left: number | undefined): Miscount[] {
  const waiting = JOBS - rows.filter(({ finished }) => finished <= stopped).length;
  if (left === undefined || left === waiting) return [];
  return [{ kind: left < waiting ? 'lost' : 'repeated', said: `held ${left} jobs after the stop, not ${waiting}` }];
}
