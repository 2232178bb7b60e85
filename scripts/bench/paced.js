import { median } from './numbers.js';

const LAST_MS = 5000;

/**
 * One enqueue every `everyMs` for `durationMs`, whatever becomes of those before it.
 * @returns ms: how long the slowest was without an answer, and the longest that the event loop stood still
 */
export async function pushes({ everyMs, durationMs, session, nextJob }) {
  const answers = [];
  let stall = 0;
  let last = performance.now();
  const to = last + durationMs;
  while (last < to) {
    answers.push(timed(() => session.enqueue(nextJob())));
    await passed(everyMs);
    const now = performance.now();
    stall = Math.max(stall, now - last - everyMs);
    last = now;
  }
  return { push: Math.max(...(await Promise.all(answers))), stall };
}

/**
 * So many jobs, each after the worker has had nothing to do for `pauseMs`.
 * @param settled how many of all have settled, as its process tells
 * @returns ms from the call to the end of the job, the median
 */
export async function pickups({ jobs, pauseMs, settled, session, nextJob }) {
  const seen = [];
  const before = settled();
  while (seen.length < jobs) {
    await passed(pauseMs);
    seen.push(
      await timed(async () => {
        const late = performance.now() + LAST_MS;
        await session.enqueue(nextJob());
        while (settled() <= before + seen.length) {
          if (performance.now() > late) throw new Error(`an idle worker did not take a job within ${LAST_MS} ms`);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    );
  }
  return median(seen);
}

async function timed(act) {
  const from = performance.now();
  await act();
  return performance.now() - from;
}

const passed = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
