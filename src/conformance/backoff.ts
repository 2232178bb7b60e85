import type { Backoff } from '../core/backoff.js';
import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { Case } from './case.js';
import { type Execution, jobOf, withQueue } from './direct.js';
import type { Miscount } from './miscounts.js';

const ATTEMPTS = 4;
const EACH = 6;
const KINDS: readonly Backoff[] = [
  { type: 'fixed', ms: 40 },
  { type: 'exponential', ms: 25 },
];

/** Jobs that always fail: the time from the end of each attempt to the start of the next, by our own marks. */
export const backoffKept: Case = {
  name: 'a failed job waits as long as it asks before each further attempt: always the same, or doubled',
  applies: (traits) => traits.retries && traits.backoff === true,
  run: (context) =>
    withQueue(context, async (direct) => {
      const running = direct.start(EACH);
      const jobs = Array.from({ length: EACH * KINDS.length }, (_, index) => index);
      for (const index of jobs) {
        const asked = { attempts: ATTEMPTS, backoff: backoffOf(index) };
        await direct.producer.enqueue({ ...jobOf(index, { kind: 'fail', times: 1000 }), ...asked });
      }
      await direct.until(() => direct.settled >= jobs.length, `${jobs.length} failing jobs to settle`);
      await running.stop();
      const rows = await direct.close();
      const waits = jobs.flatMap((index) => waitsOf(rows, index));
      const early = waits.filter(({ by }) => by < -CLOCK_PAIR_MS);
      const worst = -Math.min(...waits.map(({ by }) => by));
      const expected = jobs.length * (ATTEMPTS - 1);
      const late = Math.max(...waits.map(({ by }) => by));
      return {
        violations: [
          ...(early.length > 0
            ? [`tried again too early ${early.length} of ${waits.length} times, by up to ${worst.toFixed(1)} ms`]
            : []),
        ],
        miscounts: miscounted(waits.length, expected),
        facts: [`${waits.length} waits between attempts, at most ${late.toFixed(1)} ms longer than asked`],
      };
    }),
};

function miscounted(made: number, expected: number): Miscount[] {
  if (made === expected) return [];
  return [{ kind: made < expected ? 'lost' : 'repeated', said: `made ${made} further attempts, not ${expected}` }];
}

function backoffOf(index: number): Backoff {
  return KINDS[index % KINDS.length] as Backoff; // below length
}

/** How much longer than asked each wait of a job was. */
function waitsOf(rows: readonly Execution[], index: number): { by: number }[] {
  const { type, ms } = backoffOf(index);
  const own = rows.filter((row) => row.index === index).sort((a, b) => a.started - b.started);
  return own.slice(1).map(({ started }, k) => {
    const ended = own[k]?.finished ?? Number.NaN;
    return { by: started - ended - (type === 'fixed' ? ms : ms * 2 ** k) };
  });
}
