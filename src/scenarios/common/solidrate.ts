import type { Refused } from '../../core/metric.js';
import { rateOfCompletions } from '../../stats/rate.js';

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
