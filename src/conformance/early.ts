import type { WallMs } from '../core/clock.js';
import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { Case } from './case.js';
import { type Direct, jobOf, notOnce, withQueue } from './direct.js';

const AHEAD_MS = [-60_000, 0, 1, 5, 50, 999];
const ROUNDS = 8;
/** Longer than setTimeout can wait, and so long that a 32-bit counter of milliseconds has wrapped. */
const FAR_MS = [25 * 86_400_000, 2 ** 31];
const noop = { kind: 'noop' } as const;

/** A long delay comes first, so that it would be seen to mask the short ones. */
export const neverEarly: Case = {
  name: 'no job starts before the time it was scheduled for',
  applies: (traits) => traits.schedules,
  run: (context) =>
    withQueue(context, async (direct) => {
      const running = direct.start(5);
      const due: number[] = [];
      const offsets = [...FAR_MS, ...Array.from({ length: ROUNDS }, () => AHEAD_MS).flat()];
      for (const [index, ahead] of offsets.entries()) due.push(await schedule(direct, index, ahead));
      const near = offsets.length - FAR_MS.length;
      await direct.until(() => direct.settled >= near, `${near} scheduled jobs to settle`);
      await running.stop();
      const rows = await direct.close();
      const early = rows.filter(({ index, started }) => started < (due[index] ?? 0) - CLOCK_PAIR_MS);
      const worst = Math.max(...early.map(({ index, started }) => (due[index] ?? 0) - started));
      const shifted = rows.map((row) => ({ ...row, index: row.index - FAR_MS.length })).filter((row) => row.index >= 0);
      return [
        ...(early.length > 0
          ? [`started ${early.length} of ${offsets.length} jobs early, by up to ${said(worst)}`]
          : []),
        ...notOnce(shifted, near),
      ];
    }),
};

/** @returns when it is due, on the run clock */
async function schedule(direct: Direct, index: number, aheadMs: number): Promise<number> {
  const { producer, epoch } = direct;
  if (producer.enqueueAt === undefined) throw new Error('the adapter declares schedules but has no enqueueAt');
  const at = (Date.now() + aheadMs) as WallMs;
  await producer.enqueueAt(jobOf(index, noop), at);
  return at - epoch.wallMs;
}

function said(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(1)} ms` : `${Math.round(ms / 86_400_000)} days`;
}
