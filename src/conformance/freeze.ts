import { inArena } from './arena.js';
import type { Case, Context, Found } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { tooLate } from './crash.js';
import type { JobHistory } from './history.js';

const JOBS = 3;
/**
 * So long the second execution goes on after the first worker is awake again: its ack comes in that time. Where that was too
 * short to see it, once more with the longer.
 */
const WORK_MS = [1_500, 4_500] as const;
const OVER = 'acks were not seen: the second executions had ended before the first ones were over';
const SLACK_MS = 5_000;
/** After the first one; where what dead workers held is tried again one by one, the others wait longer. */
const OTHERS_MS = 300;

/**
 * One worker takes jobs and is frozen until another has taken them over. It wakes up, finishes, and tells the backend; but
 * the jobs are the other's now. Were they taken for done, the backend would hold nothing while the other still works.
 */
export const frozenWorker: Case = {
  name: 'a worker that was frozen past its lease acks nothing it no longer holds',
  about: 'delivery',
  waits: 'for leases',
  applies: ({ topology, delivery }) => topology === 'shared' && delivery === 'at-least-once',
  async run(context) {
    const late = tooLate(context);
    if (late !== undefined) return late;
    const [short, long] = WORK_MS;
    const found = await frozen(context, short);
    return found.notTested === OVER && found.violations.length === 0 ? frozen(context, long) : found;
  },
};

function frozen(context: Context, workMs: number): Promise<Found> {
  const { traits } = context;
  const cast = { workers: 2, concurrency: JOBS, work: { kind: 'io', ms: workMs } } as const;
  return inArena(context, cast, async (arena) => {
    const runs = (process: string) =>
      arena.look().jobs.filter((job) => job.runs.some((run) => run.process === process));
    await arena.start(0);
    for (let n = 0; n < JOBS; n++) await arena.enqueue();
    await arena.until(() => runs('worker-0').length === JOBS, 'a worker to take jobs');
    arena.freeze(0);
    await arena.start(1);
    const limitMs = (traits.recoveryMs ?? context.timeoutMs) + SLACK_MS;
    const taken = () => runs('worker-1').length > 0;
    try {
      await arena.until(taken, `another worker to take over within ${seconds(limitMs)}`, limitMs);
      await arena.pause(OTHERS_MS);
    } finally {
      arena.thaw(0);
    }
    const { missed, looks } = await missedWhileHeld(arena.look, async () => arena.session.depth?.(), arena.pause);
    await arena.rest();
    const found = counted(await arena.end(), traits);
    if (looks === 'cannot')
      return { ...found, notTested: 'acks were not seen: the adapter does not tell what it holds' };
    if (missed === 0 && looks === 0) return { ...found, notTested: OVER };
    if (missed === 0) return found;
    const said = `took ${missed} of ${JOBS} jobs for done by the ack of a worker that held them no longer, while another worked on them`;
    return { ...found, violations: [...found.violations, said] };
  });
}

/**
 * Looks, until the first of the second executions has ended, how many jobs that are still being executed the backend does
 * not hold. @returns `looks`: how many of them came after the frozen worker had finished, so that an ack of it could be seen
 */
export async function missedWhileHeld(
  look: () => { readonly jobs: readonly JobHistory[] },
  depth: () => Promise<number | undefined>,
  pause: (ms: number) => Promise<unknown>,
): Promise<{ missed: number; looks: number | 'cannot' }> {
  let [missed, looks, most] = [0, 0, 0];
  for (;;) {
    const finished = look().jobs.every(({ runs }) =>
      runs.every((run) => run.process !== 'worker-0' || run.ended !== 'never'),
    );
    const held = await depth();
    // Read after the backend was asked: what is not over now, was not over then.
    const open = look().jobs.filter(({ runs }) =>
      runs.some((run) => run.process === 'worker-1' && run.ended === 'never'),
    );
    if (held === undefined) return { missed, looks: 'cannot' };
    if (open.length === 0 || open.length < most) return { missed, looks };
    most = open.length;
    if (finished) looks++;
    missed = Math.max(missed, open.length - held);
    await pause(25);
  }
}
