import { expect, it } from 'vitest';
import type { RunMs } from '../../../src/core/clock.js';
import type { CallBook } from '../../../src/engine/roles/callbook.js';
import { openLanes } from '../../../src/engine/roles/lanes.js';
import { columnLog } from '../../../src/work/eventlog.js';

const JOBS = 4000;
const IN_FLIGHT = 8;
/** What a call takes on this test's clock, which only calls move on. */
const CALL_MS = 0.05;

/** Lanes over a backend that is told of each call. @param answer what the call gives */
function lanesOver(answer: () => Promise<void>) {
  let now = 0;
  const enqueue = () => {
    now += CALL_MS;
    return answer();
  };
  const book: CallBook = {
    session: { enqueue, run: async () => undefined, close: async () => undefined },
    clock: () => now as RunMs,
    log: columnLog(),
    jobAt: (index) => ({ index, queue: 'default', work: { kind: 'noop' }, payload: '' }),
    made: 0,
    accepted: 0,
    errors: [],
  };
  const lanes = openLanes(book);
  return { book, now: () => now, run: () => lanes({ inFlight: IN_FLIGHT, batch: 1 }, () => JOBS - book.made) };
}

it('calls that are answered at once let the event loop come round every millisecond', async () => {
  const { book, now, run } = lanesOver(async () => undefined);
  let over: 'no' | 'yes' = 'no';
  let last = 0;
  let longestMs = 0;
  const look = () => {
    longestMs = Math.max(longestMs, now() - last);
    last = now();
    if (over === 'no') setImmediate(look);
  };
  setImmediate(look);
  await run();
  over = 'yes';
  look();
  expect(book.accepted).toBe(JOBS);
  // Lanes that were answered meanwhile go on to their next look.
  expect(longestMs).toBeLessThanOrEqual(1 + 2 * IN_FLIGHT * CALL_MS);
});

it('calls that a backend answers together, in a later turn of the event loop, stay together', async () => {
  const groups = new Map<number, number>();
  let waiting: (() => void)[] = [];
  const { book, run } = lanesOver(
    () =>
      new Promise<void>((resolve) => {
        if (waiting.push(resolve) > 1) return;
        process.nextTick(() => {
          const group = waiting;
          waiting = [];
          groups.set(group.length, (groups.get(group.length) ?? 0) + 1);
          setImmediate(() => {
            for (const answered of group) answered();
          });
        });
      }),
  );
  await run();
  expect(book.accepted).toBe(JOBS);
  expect([...groups]).toEqual([[IN_FLIGHT, JOBS / IN_FLIGHT]]);
});

it('a call that is refused is counted as made, and its lane goes on', async () => {
  let calls = 0;
  const { book, run } = lanesOver(async () => {
    if (++calls % 2 === 0) throw new Error('full');
  });
  await run();
  expect(book).toMatchObject({ made: JOBS, accepted: JOBS / 2 });
  expect(book.errors.map(({ message }) => message)).toEqual(['full', 'full', 'full']);
});
