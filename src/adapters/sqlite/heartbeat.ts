import type { Claimed } from './claims.js';
import type { O } from './options.js';
import { isBusy, isFull, type Writer } from './writer.js';

/**
 * Renews leases three times in the length of one: a living worker keeps what it holds, however long its jobs take.
 * @param held what the worker has claimed and not yet ended in the file
 * @returns ends it
 */
export function heartbeat(
  o: O,
  write: Writer,
  renew: (one: Claimed, until: number) => void,
  held: () => readonly Claimed[],
  crash: (error: unknown) => void,
): () => void {
  const timer = setInterval(beat, o.lease / 3);

  function beat(): void {
    const all = held();
    if (all.length === 0 || o.delivery === 'at-most-once') return;
    const until = Date.now() + o.lease;
    try {
      write
        .transaction(() => {
          for (const one of all) renew(one, until);
        })
        ?.catch(unrenewed);
    } catch (error) {
      unrenewed(error);
    }
  }

  /** Without the lock of the file, or room in it, nobody else can take what we hold either; the next beat tries again. */
  function unrenewed(error: unknown): void {
    if (!isBusy(error) && !isFull(error)) crash(error);
  }

  return () => clearInterval(timer);
}
