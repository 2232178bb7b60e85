import type { WallMs } from '../core/clock.js';
import type { Case } from './case.js';
import { type Direct, type Execution, jobOf, withQueue } from './direct.js';

const noop = { kind: 'noop' } as const;
const WAITING = 200;
const COMING = 200;
const TOGETHER = 40;
const AHEAD_MS = 100;

/** One at a time is run, or there would be no order to see. */
export const inOrder: Case = {
  name: 'first in, first out, also among jobs that are due at the same time',
  applies: ({ fifo }) => fifo === true,
  run: (context) =>
    withQueue(context, async (direct) => {
      const { producer } = direct;
      const { bulk, schedules } = context.traits;
      let next = 0;
      const job = () => jobOf(next++, noop);
      for (let n = 0; n < WAITING; n++) await producer.enqueue(job());
      if (bulk) await producer.enqueueMany?.(Array.from({ length: WAITING }, job));
      const running = direct.start(1);
      for (let n = 0; n < COMING; n++) await producer.enqueue(job());
      await direct.until(() => direct.settled >= next, `${next} jobs to settle`);
      if (schedules) await scheduleTogether(direct, job);
      await direct.until(() => direct.settled >= next, `${next} jobs to settle`);
      await running.stop();
      const late = overtaken(await direct.close());
      return late > 0 ? [`started ${late} of ${next} jobs after one that had been enqueued later`] : [];
    }),
};

async function scheduleTogether({ producer }: Direct, job: () => ReturnType<typeof jobOf>): Promise<void> {
  const at = (Date.now() + AHEAD_MS) as WallMs; // Date.now() is what WallMs is the brand of
  for (let n = 0; n < TOGETHER; n++) await producer.enqueueAt?.(job(), at);
}

function overtaken(rows: readonly Execution[]): number {
  let latest = -1;
  let late = 0;
  for (const { index } of [...rows].sort((a, b) => a.started - b.started)) {
    if (index < latest) late++;
    latest = Math.max(latest, index);
  }
  return late;
}
