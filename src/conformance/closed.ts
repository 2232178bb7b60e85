import type { WallMs } from '../core/clock.js';
import { within } from '../engine/deadline.js';
import type { Case } from './case.js';
import { jobOf, withQueue } from './direct.js';

const noop = { kind: 'noop' } as const;
/** There is nothing left to wait for. */
const ANSWER_MS = 3_000;

/** A job that a closed session accepts is lost, and a call that never answers takes its caller along. */
export const closedRefuses: Case = {
  name: 'a closed session refuses jobs, and answers',
  applies: () => true,
  run: (context) =>
    withQueue(context, async ({ connect }) => {
      const session = await connect();
      await session.close();
      const { schedules, bulk } = context.traits;
      const soon = (Date.now() + 1000) as WallMs; // Date.now() is what WallMs is the brand of
      const calls: [string, () => Promise<unknown> | undefined][] = [
        ['enqueue', () => session.enqueue(jobOf(0, noop))],
      ];
      if (schedules) calls.push(['enqueueAt', () => session.enqueueAt?.(jobOf(1, noop), soon)]);
      if (bulk) calls.push(['enqueueMany', () => session.enqueueMany?.([jobOf(2, noop), jobOf(3, noop)])]);
      const found: string[] = [];
      for (const [what, call] of calls) {
        const outcome = await answered(what, call);
        if (outcome !== 'refused') found.push(`${what} on a closed session: ${outcome}`);
      }
      return found;
    }),
};

/** What the backend itself calls a timeout is a refusal; only silence is not. */
async function answered(what: string, call: () => Promise<unknown> | undefined): Promise<string> {
  const answer = Promise.resolve()
    .then(call)
    .then(
      () => 'accepted',
      () => 'refused',
    );
  try {
    return await within(answer, ANSWER_MS, `${what} on a closed session to answer`);
  } catch {
    return 'no answer'; // the deadline is the only way to get here
  }
}
