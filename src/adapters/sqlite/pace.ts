import { gaps } from './gap.js';
import type { O } from './options.js';
import type { Statements } from './statements.js';

/** One turn of the event loop starts jobs for about so long, and claims ahead no more than this much work. */
export const TURN_MS = 5;

/** How much a worker takes at once, and how soon again, from how long its jobs took. */
export function pace(s: Statements, o: O) {
  const gap = gaps(s, o.gap);
  /** The last claim found all that it wanted, so there is more. */
  let saturated = false;
  let jobMs = TURN_MS;
  let lastCommit = performance.now();
  return {
    /** @returns what free slots can take, and ahead of them only as many as are done in a few milliseconds */
    room: (free: number) => Math.min(o.claimBatch, Math.max(free, Math.floor(TURN_MS / jobMs))),
    /** @returns ms until the next transaction may begin; 0 or less for at once */
    waitMs: () => (saturated ? gap.left() : 0),
    /** After each transaction. */
    committed(ending: number, wanted: number, got: number): void {
      gap.ended();
      const now = performance.now();
      if (ending > 0) jobMs = 0.7 * jobMs + (0.3 * (now - lastCommit)) / ending;
      lastCommit = now;
      if (wanted > 0) saturated = got === wanted;
    },
  };
}
