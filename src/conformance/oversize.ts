import type { WallMs } from '../core/clock.js';
import { codeOf } from '../core/errors.js';
import type { Job } from '../core/job.js';
import type { Case } from './case.js';
import { type Direct, jobOf, notOnce, withQueue } from './direct.js';

const noop = { kind: 'noop' } as const;

/** What is cut off, or stored but for a part, is found out only when it is needed. */
export const oversize: Case = {
  name: 'a payload of the largest size is taken, a larger one is refused whole with UNSUPPORTED',
  waits: 'for machines',
  applies: ({ maxPayloadBytes }) => maxPayloadBytes !== undefined,
  run: (context) =>
    withQueue(context, async (direct) => {
      const { producer } = direct;
      const most = context.traits.maxPayloadBytes ?? 0; // `applies` has seen that it is there
      const job = (index: number, payload: string): Job => ({ ...jobOf(index, noop), payload });
      await producer.enqueue(job(0, 'x'.repeat(most)));
      const found = await refused(context.traits, producer, job, most);
      const held = await producer.depth?.();
      if (held !== undefined && held !== 1) found.push(`holds ${held} jobs after 1 was accepted and others refused`);
      const running = direct.start(1);
      await direct.until(() => direct.settled >= 1, `a job of ${most} bytes to settle`);
      await running.stop();
      const rows = await direct.close();
      const others = rows.filter(({ index }) => index > 0).length;
      if (others > 0) found.push(`executed ${others} jobs that it had refused, or parts of them`);
      return { violations: found, miscounts: notOnce(rows, 1), facts: [`the largest payload is ${most} bytes`] };
    }),
};

/** @returns a sentence for each larger payload that was not refused as it should be */
async function refused(
  { schedules, bulk }: { readonly schedules: boolean; readonly bulk: boolean },
  producer: Direct['producer'],
  job: (index: number, payload: string) => Job,
  most: number,
): Promise<string[]> {
  const over = 'x'.repeat(most + 1);
  // Fewer characters than the limit has bytes, but more bytes.
  const wide = '€'.repeat(Math.floor(most / 3) + 1);
  const later = (Date.now() + 1) as WallMs; // Date.now() is what WallMs is the brand of
  const attempts: [string, () => Promise<unknown> | undefined][] = [
    ['enqueue of one byte too many', () => producer.enqueue(job(1, over))],
    ['enqueue of too many bytes in few characters', () => producer.enqueue(job(2, wide))],
    ...(schedules ? [['enqueueAt', () => producer.enqueueAt?.(job(3, over), later)] as (typeof attempts)[number]] : []),
    ...(bulk
      ? [['enqueueMany', () => producer.enqueueMany?.([job(4, ''), job(5, over)])] as (typeof attempts)[number]]
      : []),
  ];
  const found: string[] = [];
  for (const [what, act] of attempts) {
    const code = await outcome(act);
    if (code !== 'UNSUPPORTED') found.push(`${what}: ${code}, but the traits promise UNSUPPORTED`);
  }
  return found;
}

async function outcome(act: () => Promise<unknown> | undefined): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    return codeOf(error) ?? 'failed without a code';
  }
}
