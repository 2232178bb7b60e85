import { cpSync } from 'node:fs';
import { withLoops } from '../../scripts/bench/children.js';
import { withQueue } from '../../scripts/bench/overhead.js';
import { planOf } from './stage.js';

/**
 * Fills a queue of a contender once and hands out copies of its folder, because filling takes seconds and copying does not.
 * @returns `(use) => result`: calls `use` with the plan of a copy
 */
export async function prefilled(contender, jobs, workshop) {
  const { run } = contender;
  const original = workshop.scratch();
  await withQueue(run.place, workshop, async (plan) => {
    await withLoops([planOf(plan, run)], ([loop]) => loop.ask('fill', jobs));
    cpSync(plan.dir, original, { recursive: true });
  });
  return (use) =>
    withQueue(run.place, workshop, (plan) => {
      cpSync(original, plan.dir, { recursive: true });
      return use(planOf(plan, run));
    });
}

/**
 * The contenders of whom each is filled before rounds begin; one that fails is left out, with the reason.
 * @param fill of one contender, called one after the other
 */
export async function allFilled(contenders, fill, { say }) {
  const found = [];
  for (const contender of contenders) {
    if (contender.missing === undefined) {
      try {
        await fill(contender);
      } catch (error) {
        say(`${contender.name} is left out: ${error.stack}`);
        found.push({ ...contender, missing: error.message.split('\n')[0] });
        continue;
      }
    }
    found.push(contender);
  }
  return found;
}
