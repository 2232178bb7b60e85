import type { RunMs } from '../../core/clock.js';
import type { Hiccups } from './hiccups.js';

/**
 * Timers fire up to about a millisecond late: sleep until this long before an arrival, then yield until it is due. Twice as
 * long would take twice the processor from those who are measured, to be hundredths of a millisecond earlier (decision 022).
 */
const SPIN_MS = 1;

/** A thread that blocks comes back late by up to about this: the rest is yielded. */
const EARLY_MS = 0.15;

/** Blocked no longer than this without a turn of the event loop: a backend may have something to do that no call waits for. */
const BLOCKED_MS = 0.25;

const never = new Int32Array(new SharedArrayBuffer(4));

/** Who paces, and may be told something. */
export interface Pacing {
  readonly hiccups?: Hiccups | undefined;
  /**
   * Whether this event loop waits for nothing but the next arrival: no call without its answer, no other role. Then the
   * thread may block for the last stretch, which leaves the processor to those who are measured.
   */
  readonly quiet?: (() => boolean) | undefined;
}

/**
 * Fires each arrival at its time, whatever became of the ones before. What is due when a turn of
 * the event loop begins goes out together.
 * Resolves after the last has been fired. `fire` must not block.
 * @param dueMs ascending instants of the run clock
 */
export function pace(
  dueMs: Float64Array,
  clock: () => RunMs,
  fire: (k: number) => void,
  { hiccups, quiet }: Pacing = {},
): Promise<void> {
  return new Promise((resolve) => {
    let k = 0;
    let wanted: number = clock();
    const step = () => {
      // What became due meanwhile waits for the next turn: a backend on this very event loop needs turns of it too, most
      // of all when arrivals come faster than they can be sent.
      const now = clock();
      hiccups?.saw(now - wanted);
      const before = k;
      while (k < dueMs.length && (dueMs[k] as number) <= now) fire(k++);
      if (k === dueMs.length) return resolve();
      const gap = (dueMs[k] as number) - now;
      if (gap > SPIN_MS) {
        wanted = now + gap - SPIN_MS;
        setTimeout(step, gap - SPIN_MS);
        return;
      }
      // What was fired just now took its time on this very loop; what is longer than that is a hiccup.
      wanted = clock();
      // What was fired gets its turn of the event loop first.
      if (k === before && quiet?.()) {
        const ms = Math.min(BLOCKED_MS, (dueMs[k] as number) - EARLY_MS - wanted);
        if (ms > 0) {
          Atomics.wait(never, 0, 0, ms);
          wanted += ms;
        }
      }
      setImmediate(step);
    };
    step();
  });
}

/** Waits for an instant of the run clock, yielding for the last stretch. */
export function until(at: RunMs, clock: () => RunMs): Promise<void> {
  return pace(Float64Array.of(at), clock, () => undefined);
}
