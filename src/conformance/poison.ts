import type { Work } from '../core/job.js';
import type { Case, Context } from './case.js';
import { type Direct, jobOf, notOnce, withQueue } from './direct.js';
import type { Miscount } from './miscounts.js';

const OTHERS = 40;
const noop: Work = { kind: 'noop' };
const HANG: Work = { kind: 'hang' };
/** Longer than anybody looks. */
const ENDLESS: Work = { kind: 'cpu', ms: 3_600_000 };
const TEXTS: readonly Work[] = [
  { kind: 'throw', text: 'nul' },
  { kind: 'throw', text: 'long' },
];

/**
 * Jobs that end badly among others that do not. One that ends its process is among them where that is not the worker's
 * own. One that never ends, waiting or computing, keeps its place, but neither the other places nor `close`.
 */
export const poison: Case = {
  name: 'a job that ends badly ends, and the others go on',
  waits: 'for machines',
  applies: () => true,
  async run(context) {
    // In queues of their own, at once: where machines boot for each, it is this that takes the time.
    const each = [endingBadly(context), neverEnding(context, HANG)] as const;
    await Promise.allSettled(each);
    const [ended, hanging] = await Promise.all(each);
    // Where jobs run on the worker's own event loop, one that never yields is the end of the worker. It takes a processor.
    const computing = alone(context) ? await neverEnding(context, ENDLESS) : [];
    const endless = [...hanging, ...computing];
    const facts = [
      ...ended.facts,
      `${OTHERS} of ${OTHERS} others ended beside one that never does`,
      ...untried(context),
    ];
    const miscounts = [...ended.miscounts, ...endless];
    return { ...ended, miscounts, facts: endless.length > 0 ? ended.facts : facts };
  },
};

/** Whether a job that never yields has its thread or process to itself. */
const alone = ({ traits: { executes, sharesProcesses } }: Context) => executes !== 'loop' && sharesProcesses !== true;

function untried(context: Context): string[] {
  const { executes, topology } = context.traits;
  if (alone(context)) return [];
  if (executes === 'process') return ['an endless loop was not tried: machines share processes, and it stops its own'];
  const why = "it runs on the worker's own event loop, and stops all of it until somebody kills the worker";
  return [`an endless loop was not tried here: ${why}${topology === 'shared' ? ', as another case does' : ''}`];
}

/** Whoever looks after a queue wants to see what was given up. A backend that keeps nothing promises nothing. */
export const deadVisible: Case = {
  name: 'a job that was given up stays visible among the dead',
  applies: () => true,
  run: (context) =>
    withQueue(context, async (direct) => {
      const { producer } = direct;
      if (producer.dead === undefined) return { violations: [], notClaimed: true };
      for (const [index, work] of TEXTS.entries()) await producer.enqueue(jobOf(index, work));
      await producer.enqueue(jobOf(TEXTS.length, noop));
      const running = direct.start(1);
      await direct.until(() => direct.settled > TEXTS.length, `${TEXTS.length + 1} jobs to settle`);
      await running.stop();
      const dead = await producer.dead();
      const shown = `${dead} of ${TEXTS.length} jobs that were given up are shown`;
      return { violations: dead === TEXTS.length ? [] : [shown], facts: [shown] };
    }),
};

function endingBadly(context: Context) {
  return withQueue(context, async (direct) => {
    const { executes } = context.traits;
    const bad: Work[] = [...TEXTS, ...TEXTS, ...(executes === 'loop' ? [] : [{ kind: 'exit' } as const])];
    await mixed(direct, bad);
    const running = direct.start(3);
    const all = OTHERS + bad.length;
    await direct.until(() => direct.settled >= all, `${all} jobs to settle, ${bad.length} of which end badly`);
    await running.stop();
    const { failed } = direct;
    const dead = await direct.producer.dead?.();
    const rows = await direct.close();
    const others = rows.filter(({ index }) => index < OTHERS);
    const completed = new Set(others.filter(({ ended }) => ended === 'completed').map(({ index }) => index));
    // At most once, who shares a process with a job that ends it may go with it. But then it is told.
    const along = context.traits.delivery === 'at-most-once' ? Math.max(0, failed - bad.length) : 0;
    const excused = executes === 'process' && OTHERS - completed.size === along ? along : 0;
    return {
      violations: [
        ...(failed !== bad.length + excused ? [`reported ${failed} jobs as failed, but ${bad.length} end badly`] : []),
        ...(dead !== undefined && dead !== bad.length ? [`shows ${dead} dead jobs, not ${bad.length}`] : []),
      ],
      miscounts: excused > 0 ? [] : notOnce(others, OTHERS),
      facts: [
        `${bad.length} of ${bad.length} ended; ${dead === undefined ? 'dead jobs are not kept' : 'dead jobs are kept'}`,
        ...(excused > 0
          ? [`one that ended its process took along ${excused} of ${OTHERS} others, which are told as failed`]
          : []),
      ],
    };
  });
}

/** The bad ones between the others, so that each comes with others behind it. */
async function mixed({ producer }: Direct, bad: readonly Work[]): Promise<void> {
  const gap = Math.floor(OTHERS / bad.length);
  for (let index = 0; index < OTHERS; index++) {
    const work = index % gap === 0 ? bad[index / gap] : undefined;
    if (work !== undefined) await producer.enqueue(jobOf(OTHERS + index / gap, work));
    await producer.enqueue(jobOf(index, noop));
  }
}

/** Closing the queue with the endless job in hand is the last step of `withQueue`, and has its deadline. */
function neverEnding(context: Context, work: Work): Promise<Miscount[]> {
  return withQueue(
    context,
    async (direct) => {
      const { producer } = direct;
      await producer.enqueue(jobOf(OTHERS, work));
      for (let index = 0; index < OTHERS; index++) await producer.enqueue(jobOf(index, noop));
      direct.start(3);
      await direct.until(() => direct.settled >= OTHERS, `${OTHERS} jobs to settle beside one that never ends`);
      return notOnce(
        (await direct.close()).filter(({ index }) => index < OTHERS),
        OTHERS,
      );
      // A process that never yields is killed in the end, and a log that it would write when it exits goes with it.
    },
    { log: 'durable' },
  );
}
