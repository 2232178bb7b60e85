/** A turn of an event loop that does little else comes back within a fraction of this; timers are late by up to about one. */
const LEAST_MS = 2;

/**
 * Gaps in which the generator did not get to run although it wanted to: the machine did something else, or its own
 * garbage was collected. What was due meanwhile went out late, and no backend is to blame for it.
 */
export interface Hiccups {
  /** @param ms between the instant at which a step was wanted and the one at which it came */
  saw(ms: number): void;
  /** What was seen since the last call. */
  take(): { readonly count: number; readonly worstMs: number };
}

export function hiccupProbe(): Hiccups {
  let count = 0;
  let worstMs = 0;
  return {
    saw(ms) {
      if (ms < LEAST_MS) return;
      count++;
      if (ms > worstMs) worstMs = ms;
    },
    take() {
      const seen = { count, worstMs };
      count = 0;
      worstMs = 0;
      return seen;
    },
  };
}
