import { JobbenchError } from '../core/errors.js';

/** Deadline of a call that takes no time of its own. */
export const CALL_MS = 15_000;

/**
 * Waits for a promise, but not forever, and not past an abort.
 * @param what completes the sentence "timed out after 5 s waiting for ..."
 * @throws JobbenchError TIMEOUT, or ABORTED when the signal fires first
 */
export async function within<T>(promise: Promise<T>, ms: number, what: string, signal?: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let aborted: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    const late = () => reject(new JobbenchError('TIMEOUT', `timed out after ${seconds(ms)} waiting for ${what}`));
    // If it was this process that stood still, the answer has come and is read now.
    timer = setTimeout(() => setImmediate(late), ms);
    aborted = () => reject(new JobbenchError('ABORTED', `stopped while waiting for ${what}`));
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    if (aborted) signal?.removeEventListener('abort', aborted);
  }
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
