import { type CallBook, refused } from './callbook.js';

/**
 * Enqueues may resolve without leaving the microtask queue, and then nothing else would run. So a turn of the event loop is asked
 * for after the first time, and waited for where it has not come after the second. A backend that leaves the event loop by itself
 * lets it come: its calls are never held back, and what it sends together stays together.
 */
const ASKS_AFTER_MS = 0.25;
const WAITS_AFTER_MS = 0.75;

export interface Lanes {
  readonly inFlight: number;
  readonly batch: number;
}

/** Jobs that may be enqueued at this instant; 0 ends the lane. */
type Grant = (now: number) => number | Promise<number>;

/**
 * The closed loop: `inFlight` lanes, each calling again as soon as its last call was answered. One set of lanes at a time. The
 * functions are the same in all phases, so that what was compiled in one is used in the next.
 */
export function openLanes(book: CallBook): (load: Lanes, more: Grant) => Promise<void> {
  const { session, clock, log } = book;
  let batch = 1;
  let more: Grant = () => 0;
  let turnedAt = 0;
  let askedAt = 0;
  let turn: Promise<void> | undefined;

  const turned = (resolve: () => void) => {
    turn = undefined;
    turnedAt = clock();
    resolve();
  };
  /** One turn of the event loop for all lanes together: calls that were made side by side stay so. */
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(turned, resolve));

  async function lane(): Promise<void> {
    // A lane calls again at the very moment of its last answer, so that one reading of the clock is both stamps.
    let now: number = clock();
    for (;;) {
      let size = more(now);
      if (typeof size !== 'number') {
        size = await size;
        now = clock();
      }
      if (size <= 0) return;
      if (batch === 1) {
        const job = book.jobAt(book.made++);
        const row = log.append(job.index, now);
        try {
          await session.enqueue(job);
          now = clock();
          log.end(row, now, 1);
          book.accepted++;
        } catch (error) {
          now = refused(book, error);
        }
      } else now = await many(Math.min(batch, size));
      if (turn === undefined) {
        if (now - turnedAt > ASKS_AFTER_MS) {
          turn = nextTurn();
          askedAt = now;
        }
      } else if (now - askedAt > WAITS_AFTER_MS) {
        await turn;
        now = clock();
      }
    }
  }

  async function many(size: number): Promise<number> {
    if (session.enqueueMany === undefined) throw new Error('the adapter declares a bulk path but has no enqueueMany');
    const jobs = Array.from({ length: size }, () => book.jobAt(book.made++));
    const called = clock();
    const rows = jobs.map((job) => log.append(job.index, called));
    try {
      await session.enqueueMany(jobs);
      const now = clock();
      for (const row of rows) log.end(row, now, 1);
      book.accepted += size;
      return now;
    } catch (error) {
      return refused(book, error);
    }
  }

  return async (load, grants) => {
    batch = load.batch;
    more = grants;
    turnedAt = clock();
    await Promise.all(Array.from({ length: load.inFlight }, lane));
  };
}
