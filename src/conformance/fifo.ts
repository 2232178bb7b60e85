import type { Session } from '../core/adapter.js';
import type { WallMs } from '../core/clock.js';
import type { Case } from './case.js';
import { type Direct, type Execution, jobOf, withQueue } from './direct.js';

const noop = { kind: 'noop' } as const;
const WAITING = 200;
const COMING = 200;
const TOGETHER = 40;
/** Calls of a turn of the event loop, of which the first may go out alone and the others as a group. */
const BURST = 12;
const BURSTS = 5;
const AHEAD_MS = 100;
const MOST_AHEAD_MS = 3_000;

/** By one session, one call after another and many at once. One job at a time is run, or there would be no order to see. */
export const inOrder: Case = {
  name: 'first in, first out, also among jobs that are due at the same time',
  applies: ({ fifo }) => fifo === true,
  run: (context) =>
    withQueue(context, async (direct) => {
      const { producer, worker } = direct;
      const { bulk, schedules } = context.traits;
      let next = 0;
      const job = () => jobOf(next++, noop);
      for (let n = 0; n < WAITING; n++) await producer.enqueue(job());
      if (bulk) await producer.enqueueMany?.(Array.from({ length: WAITING }, job));
      for (let n = 0; n < BURSTS; n++) await burst(producer, bulk, job);
      const running = direct.start(1);
      for (let n = 0; n < COMING; n++) await producer.enqueue(job());
      for (let n = 0; n < BURSTS; n++) await burst(producer, bulk, job);
      await direct.until(() => direct.settled >= next, `${next} jobs to settle`);
      // Who enqueues and works may write both together. Not beside the other session: between two no order is promised.
      for (let n = 0; n < BURSTS; n++) await burst(worker, bulk, job);
      await direct.until(() => direct.settled >= next, `${next} jobs to settle`);
      const unjudged = schedules ? await scheduleTogether(direct, job) : new Set<number>();
      await direct.until(() => direct.settled >= next, `${next} jobs to settle`);
      await running.stop();
      const late = overtaken((await direct.close()).filter(({ index }) => !unjudged.has(index)));
      return {
        violations: late > 0 ? [`started ${late} of ${next} jobs after one that had been enqueued later`] : [],
        facts: [`${next - unjudged.size} jobs, ${late} of them overtaken`],
      };
    }),
};

/** Calls that are not awaited: what shares a transaction or a message must keep their order. A bulk call is one of them. */
async function burst(session: Session, bulk: boolean, job: () => ReturnType<typeof jobOf>): Promise<void> {
  const some = () => Array.from({ length: BURST }, job);
  const calls = some().map((each) => session.enqueue(each));
  if (bulk)
    calls.push(session.enqueueMany?.(some()) ?? Promise.resolve(), ...some().map((each) => session.enqueue(each)));
  await Promise.all(calls);
}

/** @returns those that were enqueued when others of them were due already, because this machine was too slow */
async function scheduleTogether({ producer }: Direct, job: () => ReturnType<typeof jobOf>): Promise<Set<number>> {
  const late = new Set<number>();
  for (let aheadMs = AHEAD_MS; aheadMs <= MOST_AHEAD_MS; aheadMs *= 3) {
    const at = (Date.now() + aheadMs) as WallMs; // Date.now() is what WallMs is the brand of
    const jobs = Array.from({ length: TOGETHER }, job);
    for (const each of jobs) await producer.enqueueAt?.(each, at);
    if (Date.now() < at) break;
    for (const { index } of jobs) late.add(index);
  }
  return late;
}

/**
 * By first starts: on a machine that stalls for longer than a lease a job may start once more, and whether it may is told by
 * other cases.
 */
function overtaken(rows: readonly Execution[]): number {
  const first = new Map<number, number>();
  for (const { index, started } of rows) first.set(index, Math.min(started, first.get(index) ?? started));
  let latest = -1;
  let late = 0;
  for (const [index] of [...first].sort(([, a], [, b]) => a - b)) {
    if (index < latest) late++;
    latest = Math.max(latest, index);
  }
  return late;
}
