import type { WallMs } from '../core/clock.js';
import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { Case } from './case.js';
import { type Direct, type Execution, jobOf, notOnce, withQueue } from './direct.js';
import { type Miscount, orMiscount } from './miscounts.js';

const AHEAD_MS = [-60_000, 0, 1, 5, 7.7, 50, 999, 1000];
const NEAR: readonly ((now: number) => number)[] = [
  ...AHEAD_MS.map((ahead) => (now: number) => now + ahead),
  (now) => Math.ceil((now - 900) / 1000) * 1000 + 900, // what cuts seconds is 900 ms early
];
const ROUNDS = 8;
/** Longer than setTimeout can wait, so long that a 32-bit counter of milliseconds has wrapped, and as far as dates go. */
const FAR: readonly ((now: number) => number)[] = [
  (now) => now + 25 * 86_400_000,
  (now) => now + 2 ** 31,
  (now) => now + 2 ** 32,
  () => Date.UTC(9999, 11, 31),
];
/** Jobs that were due so long before they were enqueued are not late. */
const PAST = 30_000;
const UNTOLD = 'whether jobs of a far future are kept: the adapter does not tell what it holds';
const noop = { kind: 'noop' } as const;

/** A long delay comes first, so that it would be seen to mask the short ones. */
export const neverEarly: Case = {
  name: 'no job starts before the time it was scheduled for',
  applies: (traits) => traits.schedules,
  run: (context) =>
    withQueue(context, async (direct) => {
      const running = direct.start(5);
      const due: number[] = [];
      const times = [...FAR, ...Array.from({ length: ROUNDS }, () => NEAR).flat()];
      for (const [index, at] of times.entries()) due.push(await schedule(direct, index, at));
      const near = times.length - FAR.length;
      const waited = await orMiscount(direct.until(() => direct.settled >= near, `${near} scheduled jobs to settle`));
      await running.stop();
      const held = await direct.worker.depth?.();
      const rows = await direct.close();
      const early = rows.filter(({ index, started }) => started < (due[index] ?? 0) - CLOCK_PAIR_MS);
      const worst = Math.max(...early.map(({ index, started }) => (due[index] ?? 0) - started));
      const done = rows.filter(({ index }) => index >= FAR.length);
      const latest = Math.max(
        ...done.map(({ index, started }) => started - (due[index] ?? 0)).filter((ms) => ms < PAST),
      );
      return {
        violations: [
          ...(early.length > 0
            ? [`started ${early.length} of ${times.length} jobs early, by up to ${said(worst)}`]
            : []),
        ],
        miscounts: [...waited, ...notOnce(done.map(numbered), near), ...gone(held)],
        ...(held === undefined && { notTested: UNTOLD }),
        facts: [`${times.length} due times, from a minute ago to the year 9999; at most ${latest.toFixed(1)} ms late`],
      };
    }),
};

/** @returns when it is due, on the run clock */
async function schedule(direct: Direct, index: number, when: (now: number) => number): Promise<number> {
  const { producer, epoch } = direct;
  if (producer.enqueueAt === undefined) throw new Error('the adapter declares schedules but has no enqueueAt');
  const at = when(Date.now()) as WallMs; // on the wall clock, which is what WallMs is the brand of
  await producer.enqueueAt(jobOf(index, noop), at);
  return at - epoch.wallMs;
}

function gone(held: number | undefined): Miscount[] {
  if (held === undefined || held === FAR.length) return [];
  return [{ kind: 'lost', said: `holds ${held} of ${FAR.length} jobs that are due in weeks or later` }];
}

/** From 0 on, without those of a far future. */
function numbered(row: Execution): Execution {
  return { ...row, index: row.index - FAR.length };
}

function said(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(1)} ms` : `${Math.round(ms / 86_400_000)} days`;
}
