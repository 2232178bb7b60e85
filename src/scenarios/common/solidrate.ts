import type { Refused } from '../../core/metric.js';
import { rateOfCompletions, steadyRate } from '../../stats/rate.js';

/** The first tenth of a phase is left out: workers start, caches fill. */
export const SKIP = 0.1;

/** A shorter stretch says more of single moments of the machine than of a rate. */
const SHORTEST_MS = 50;

/** A phase whose rate is asked goes on for so long: the first tenth of its jobs does not count, and machines differ. */
export const LEAST_MS = 80;

/** Completions per second after the first tenth of them, or why there is no such rate. */
export function solidRate(times: Float64Array): number | Refused {
  const rate = rateOfCompletions(times, SKIP);
  if (typeof rate !== 'number') return rate;
  const tookMs = (times.length * (1 - SKIP) * 1000) / rate;
  if (tookMs >= SHORTEST_MS) return rate;
  return { refused: `needs more jobs: they took ${tookMs.toFixed(0)} ms, and a rate needs ${SHORTEST_MS}` };
}

/** Fewer rounds of all slots than this, and one more or less of them is the rate. */
const FEWEST_ROUNDS = 5;

/**
 * Completions per second inside a window, or why there is no such rate: jobs that end all at once, slots by slots, give
 * whatever number of rounds the edges of the window happen to enclose. Jobs that end evenly need no such number.
 * @param slots jobs at once in all workers
 */
export function unbrokenRate(times: Float64Array, fromMs: number, toMs: number, slots: number) {
  const inside = times.filter((at) => at >= fromMs && at < toMs);
  const rate = steadyRate(inside, fromMs, toMs);
  if (inside.length >= FEWEST_ROUNDS * slots) return rate;
  inside.sort();
  const pauseMs = inside.reduce(
    (most, at, i) => Math.max(most, at - (inside[i - 1] ?? fromMs)),
    toMs - (inside.at(-1) ?? fromMs),
  );
  if (pauseMs <= (toMs - fromMs) / FEWEST_ROUNDS) return rate;
  const [paused, whole] = [pauseMs, toMs - fromMs].map((ms) => ms.toFixed(0));
  return { refused: `needs more jobs: ${inside.length} ended in ${whole} ms, with a pause of ${paused} ms` };
}
