import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to what the promise does, or to undefined at the deadline. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const timeout = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, undefined, { signal: timeout.signal })]);
  } finally {
    timeout.abort();
  }
}
