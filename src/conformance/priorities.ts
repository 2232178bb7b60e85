import type { Job } from '../core/job.js';
import { seeded, shuffled } from '../core/random.js';
import type { Case, Context } from './case.js';
import { type Execution, jobOf, withQueue } from './direct.js';

const noop = { kind: 'noop' } as const;
const LEVELS = [undefined, 1, 2, 3, 10, 2 ** 21 - 1];
const EACH = 20;
const BULK = 200;
const URGENT = 5;
/** So many less urgent jobs may have been claimed already when an urgent one comes. */
const AHEAD = 30;

export const priorities: Case = {
  name: 'the most urgent job starts first, also one that comes to a full queue',
  applies: (traits) => traits.priorities,
  async run(context) {
    const waiting = await allWaiting(context);
    const late = await lateComers(context);
    return { violations: [...waiting, ...late.violations], facts: late.facts };
  },
};

/** All are there before the first is taken, in an order that the seed decides: what starts must be sorted. */
function allWaiting(context: Context): Promise<string[]> {
  return withQueue(context, async (direct) => {
    const levels = shuffled(Array.from({ length: EACH }, () => LEVELS).flat(), seeded(context.seed));
    const jobs = levels.map((level, index) => ({ ...jobOf(index, noop), ...(level && { priority: level }) }) as Job);
    for (const job of jobs) await direct.producer.enqueue(job);
    const running = direct.start(1);
    await direct.until(() => direct.settled >= jobs.length, `${jobs.length} jobs of ${LEVELS.length} priorities`);
    await running.stop();
    const order = [...(await direct.close())]
      .sort((a, b) => a.started - b.started)
      .map(({ index }) => levels[index] ?? 0);
    let least = Number.POSITIVE_INFINITY;
    let overtaken = 0;
    for (const level of order.reverse()) {
      if (level > least) overtaken++;
      least = Math.min(least, level);
    }
    return overtaken > 0 ? [`started ${overtaken} of ${jobs.length} jobs although a more urgent one waited`] : [];
  });
}

function lateComers(context: Context): Promise<{ violations: string[]; facts: string[] }> {
  return withQueue(context, async (direct) => {
    const work = { kind: 'io', ms: 2 } as const;
    const job = (index: number, priority: number) => ({ ...jobOf(index, work), priority });
    for (let index = 0; index < BULK; index++) await direct.producer.enqueue(job(index, 10));
    const running = direct.start(2);
    await direct.until(() => direct.settled >= BULK / 10, 'a tenth of the jobs to settle');
    const accepted: number[] = [];
    for (let k = 0; k < URGENT; k++) {
      await direct.producer.enqueue(job(BULK + k, 1));
      accepted.push(direct.clock());
    }
    await direct.until(() => direct.settled >= BULK + URGENT, `${BULK + URGENT} jobs to settle`);
    await running.stop();
    const rows = await direct.close();
    const passed = accepted.map((at, k) => startedBetween(rows, at, BULK + k));
    const worst = Math.max(...passed);
    const violations =
      worst > AHEAD ? [`let ${worst} of ${BULK} less urgent jobs start before an urgent one that waited`] : [];
    return { violations, facts: [`at most ${worst} less urgent jobs started before an urgent one that waited`] };
  });
}

function startedBetween(rows: readonly Execution[], accepted: number, urgent: number): number {
  const until = rows.find(({ index }) => index === urgent)?.started ?? Number.POSITIVE_INFINITY;
  return rows.filter(({ index, started }) => index < BULK && started > accepted && started < until).length;
}
