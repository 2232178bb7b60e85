import { fork } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../engine/deadline.js';
import { type Context, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import type { Held, Holding } from './lockholder.js';

/** Beyond what an adapter may wait for a lock; those that say so by an option of this name are held to it. */
const LONG_MS = 6_500;
/** To start a process, and for the lock to be free. */
const TAKE_MS = 20_000;

/** How long a lock is held that outlasts what the adapter waits for it, or why that is not tried. */
export function outlasting({ ref, hungMs = HUNG_MS }: Context): { readonly forMs: number } | { notTested: string } {
  const { busyTimeout } = ref.options;
  const forMs = typeof busyTimeout === 'number' ? busyTimeout + 1_500 : LONG_MS;
  if (forMs <= hungMs) return { forMs };
  const notTested = `a lock that outlasts busyTimeout, ${seconds(forMs)}, is not tried: enqueues may take ${seconds(hungMs)} at most`;
  return { notTested };
}

/**
 * Another program holds the lock of a store, in a process of its own: it lets go in time, even where whoever waits for the lock
 * stops this process meanwhile.
 * @param begin what is called while it is held
 * @returns what was begun, once the lock is free again, or why it cannot be taken here
 */
export async function whileLocked<T>(
  file: string,
  forMs: number,
  begin: () => T,
  signal: AbortSignal,
): Promise<{ readonly begun: T } | { notTested: string }> {
  const holder = fork(new URL('./lockholder.js', import.meta.url), { execArgv: [], stdio: 'ignore' });
  const gone = once(holder, 'exit');
  try {
    const told = once(holder, 'message');
    told.catch(() => undefined); // raced against below
    holder.send({ file, forMs } satisfies Holding);
    const first = await within(Promise.race([told, gone]), TAKE_MS, 'another program to take the lock', signal);
    const [held] = first as [Held | number | null]; // what it sends, or how it ended
    const refused = typeof held === 'object' && held !== null ? held.refused : 'the program that was to hold it ended';
    if (refused !== undefined) return { notTested: `the lock could not be taken: ${refused}` };
    // From now on, and not from when it took the lock: this process may have stood still since.
    holder.send('begin');
    const begun = begin();
    await within(gone, forMs + TAKE_MS, 'another program to let go of the lock', signal);
    return { begun };
  } finally {
    holder.kill('SIGKILL');
    await gone;
  }
}
