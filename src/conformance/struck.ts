import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from './arena.js';
import type { Found } from './case.js';
import { isFlawless } from './found.js';

const LOOK_MS = 5;
/** Longer than workers that have anything to do go without. */
const BUSY_MS = 2_000;
/** Workers that have all been idle for so long have no more to do. */
const IDLE_MS = 100;
/**
 * What they are given then: longer than the time between two looks on a busy machine, and few enough to leave room for what a dead
 * worker held and others are to take over in time.
 */
const GIVEN = { kind: 'io', ms: 250 } as const;
const HANDFUL = 6;

/**
 * Waits for workers that have a job in their hands, so that a fault strikes something. Not for long: there may be none, and
 * that is found out afterwards.
 * @returns their numbers; none when all of them went without
 */
export async function busyWorkers(arena: Arena, among: readonly number[], limitMs = BUSY_MS): Promise<number[]> {
  const deadline = arena.clock() + limitMs;
  for (;;) {
    const busy = holding(arena, among);
    if (busy.length > 0 || arena.clock() > deadline) return busy;
    await sleep(LOOK_MS);
  }
}

/** The same, and who has nothing to do is given jobs: on a busy machine those of the producers may be over too soon. */
export async function occupiedWorkers(arena: Arena, among: readonly number[], limitMs = BUSY_MS): Promise<number[]> {
  const deadline = arena.clock() + limitMs;
  let most = Number.POSITIVE_INFINITY;
  for (;;) {
    const busy = await busyWorkers(arena, among, IDLE_MS);
    if (busy.length > 0 || arena.clock() > deadline) return busy;
    // Those that a dead worker had claimed wait, too. More is given only when what was given has been begun.
    const waiting = arena.look().jobs.filter(({ runs }) => runs.length === 0).length;
    if (waiting > most) continue;
    most = Math.min(most, waiting);
    // Not waited for: where a backend never answers, that is found out by others.
    for (let n = 0; n < HANDFUL; n++) arena.enqueue({ work: GIVEN }).catch(() => undefined);
  }
}

/**
 * Kills a worker that has a job in its hands for sure: jobs may end between a look and a kill, so it is stopped, looked at once
 * more, and killed only then. Where none can be had, one is killed all the same.
 * @param dice in [0, 1): which of them
 * @returns its number
 */
export async function killOccupied(arena: Arena, among: readonly number[], dice: number): Promise<number> {
  const deadline = arena.clock() + BUSY_MS;
  for (;;) {
    const busy = await occupiedWorkers(arena, among, deadline - arena.clock());
    const victim = busy[Math.floor(dice * busy.length)] ?? among[0] ?? 0;
    const hopeless = busy.length === 0 || arena.clock() > deadline;
    if (await arena.killIf(victim, () => hopeless || holding(arena, [victim]).length > 0)) return victim;
  }
}

/** Those that have begun a job and not ended it, as far as their logs tell. */
function holding(arena: Arena, among: readonly number[]): number[] {
  const open = new Set(
    arena.look().jobs.flatMap(({ runs }) => runs.filter(({ ended }) => ended === 'never').map((run) => run.process)),
  );
  return among.filter((n) => open.has(arena.handsOf(n)));
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
