import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from './arena.js';
import type { Found } from './case.js';
import { isFlawless } from './found.js';

const LOOK_MS = 5;
/** Longer than workers that have anything to do go without. */
const BUSY_MS = 2_000;

/**
 * Waits for workers that have a job in their hands, so that a fault strikes something. Not for long: there may be none, and
 * that is found out afterwards.
 * @returns their numbers; none when all of them went without
 */
export async function busyWorkers(arena: Arena, among: readonly number[], limitMs = BUSY_MS): Promise<number[]> {
  const deadline = arena.clock() + limitMs;
  for (;;) {
    const open = new Set(
      arena.look().jobs.flatMap(({ runs }) => runs.filter(({ ended }) => ended === 'never').map((run) => run.process)),
    );
    const busy = among.filter((n) => open.has(arena.handsOf(n)));
    if (busy.length > 0 || arena.clock() > deadline) return busy;
    await sleep(LOOK_MS);
  }
}

/**
 * A fault that struck nobody has shown nothing, nor has one that was never done.
 * @param unharmed why none was done, where none was
 */
export function ifStruck(found: Found, unharmed = 'no harm was done'): Found {
  const { faults = 0, struck } = found.figures ?? {};
  // Absent where none of the faults could meet a job, which is another matter.
  if (!isFlawless(found) || (faults > 0 && struck !== 0)) return found;
  return { ...found, notTested: faults === 0 ? unharmed : 'no job was in hand when the fault came' };
}
