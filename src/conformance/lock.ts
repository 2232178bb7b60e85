import { describeError } from '../core/errors.js';
import { type Context, HUNG_MS } from './case.js';
import { seconds } from './check.js';

/** Beyond what an adapter may wait for a lock; those that say so by an option of this name are held to it. */
const LONG_MS = 6_500;

/** How long a lock is held that outlasts what the adapter waits for it, or why that is not tried. */
export function outlasting({ ref, hungMs = HUNG_MS }: Context): { readonly forMs: number } | { notTested: string } {
  const { busyTimeout } = ref.options;
  const forMs = typeof busyTimeout === 'number' ? busyTimeout + 1_500 : LONG_MS;
  if (forMs <= hungMs) return { forMs };
  const notTested = `a lock that outlasts busyTimeout, ${seconds(forMs)}, is not tried: enqueues may take ${seconds(hungMs)} at most`;
  return { notTested };
}

/**
 * Is the other program that holds the lock of a store.
 * @param begin what is called while it is held
 * @param pause resolves when it is to be released
 * @returns what was begun, or why the lock cannot be taken here
 */
export async function whileLocked<T>(
  file: string,
  begin: () => T,
  pause: () => Promise<unknown>,
): Promise<{ readonly begun: T } | { notTested: string }> {
  const lock = await takeLock(file);
  if (typeof lock === 'string') return { notTested: lock };
  try {
    const begun = begin();
    await pause();
    return { begun };
  } finally {
    lock.release();
  }
}

async function takeLock(file: string): Promise<{ release(): void } | string> {
  try {
    const { default: Driver } = await import('better-sqlite3');
    const db = new Driver(file, { timeout: 5_000 });
    db.exec('BEGIN IMMEDIATE');
    return {
      release() {
        db.exec('ROLLBACK');
        db.close();
      },
    };
  } catch (error) {
    return `the lock could not be taken: ${describeError(error)}`;
  }
}
