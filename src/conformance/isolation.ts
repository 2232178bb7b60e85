import type { Case } from './case.js';
import { type Direct, type Execution, jobOf, notOnce, withQueue } from './direct.js';
import { type Miscount, orMiscount } from './miscounts.js';

const JOBS = 300;
const PRODUCERS = 4;

/** Two runs on one machine, producing and executing at the same time. Their jobs have numbers that do not overlap. */
export const isolated: Case = {
  name: 'two queues at once do not see each other, under concurrent producers',
  waits: 'for machines',
  applies: () => true,
  run: (context) =>
    withQueue(context, (one) =>
      withQueue(context, async (other) => {
        // Together, because a job in the wrong queue is missing in its own.
        const settled = () => one.settled + other.settled >= 2 * JOBS;
        const [first, second] = await Promise.all([carried(one, 0, settled), carried(other, JOBS, settled)]);
        const strange = first.strange + second.strange;
        return {
          violations: [
            ...(strange > 0 ? [`executed ${strange} of ${2 * JOBS} jobs in a queue that they were not put into`] : []),
          ],
          miscounts: [...first.found, ...second.found],
          facts: [`${2 * JOBS} jobs in two queues, ${strange} in the wrong one`],
        };
      }),
    ),
};

/** Produces and executes at once, until the jobs of both queues have settled. */
async function carried(
  direct: Direct,
  first: number,
  settled: () => boolean,
): Promise<{ strange: number; found: Miscount[] }> {
  const running = direct.start(3);
  const produce = async (ordinal: number) => {
    for (let k = ordinal; k < JOBS; k += PRODUCERS) {
      await direct.producer.enqueue(jobOf(first + k, { kind: 'noop' }));
      if (k % 16 < PRODUCERS) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, (_, ordinal) => produce(ordinal)));
  const waited = await orMiscount(direct.until(settled, `${JOBS} jobs to settle in each of two queues`));
  await running.stop();
  const rows = await direct.close();
  const own = rows.filter(({ index }) => index >= first && index < first + JOBS);
  const shifted: Execution[] = own.map((row) => ({ ...row, index: row.index - first }));
  return { strange: rows.length - own.length, found: [...waited, ...notOnce(shifted, JOBS)] };
}
