import type { Case, Context } from './case.js';
import { jobOf, withQueue } from './direct.js';

/** Parts of what a worker starts, by queue. */
const WEIGHTS: Readonly<Record<string, number>> = { low: 1, middle: 2, high: 4 };
const TOTAL = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);
/** Starts that are counted, for each part: many, because a worker may claim a hundred jobs of one queue at a time. */
const EACH = 200;
/** So much more is enqueued, that the last of the starts that are counted finds jobs in all queues. */
const SURPLUS = 1.3;
const IN_FLIGHT = 64;
/** Slow enough that a worker does not claim hundreds of one queue ahead: their turns are what is looked at. */
const WORK = { kind: 'io', ms: 3 } as const;
/** A share may be off by so much of itself. */
const TOLERANCE = 0.1;

/** All jobs are there before the first is taken. While every queue has some, each has its share of the starts. */
export const weightedShares: Case = {
  name: 'queues with weights have their shares of a worker that all of them keep busy, within 10 %',
  applies: ({ weights }) => weights === true,
  async run(context) {
    const { adapter, ref } = context;
    const options = adapter.weighted?.(ref.options, WEIGHTS);
    if (options === undefined) return { violations: [], notTested: 'the adapter does not say by which options' };
    const traits = adapter.traitsFor?.(options) ?? adapter.traits;
    return served({ ...context, ref: { ...ref, options }, traits });
  },
};

function served(context: Context) {
  return withQueue(context, async (direct) => {
    const queues = Object.entries(WEIGHTS).flatMap(([queue, weight]) =>
      Array.from({ length: Math.ceil(weight * EACH * SURPLUS) }, () => queue),
    );
    const jobs = queues.map((queue, index) => ({ ...jobOf(index, WORK), queue }));
    for (let from = 0; from < jobs.length; from += IN_FLIGHT) {
      await Promise.all(jobs.slice(from, from + IN_FLIGHT).map((job) => direct.producer.enqueue(job)));
    }
    const running = direct.start(8);
    await direct.until(() => direct.settled >= jobs.length, `${jobs.length} jobs of ${TOTAL} parts to settle`);
    await running.stop();
    const order = [...(await direct.close())].sort((a, b) => a.started - b.started).slice(0, TOTAL * EACH);
    const shares = Object.entries(WEIGHTS).map(([queue, weight]) => {
      const started = order.filter(({ index }) => queues[index] === queue).length;
      return {
        said: `${percent(started / order.length)} for a weight of ${weight}`,
        by: started / (weight * EACH) - 1,
      };
    });
    const off = shares.filter(({ by }) => Math.abs(by) > TOLERANCE);
    return {
      violations: off.map(({ said, by }) => `${said} of ${TOTAL}, which is ${percent(Math.abs(by))} off its share`),
      facts: [`${order.length.toLocaleString('en-US')} starts: ${shares.map(({ said }) => said).join(', ')}`],
    };
  });
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
