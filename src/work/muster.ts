import { describeError, JobbenchError } from '../core/errors.js';

/** A wait for all threads of a pool. */
export interface Muster {
  /** How many there are, or how many are wanted, may have changed. */
  look(): void;
  /** Resolves when all are there. @throws JobbenchError TIMEOUT after `withinMs`, with how many are there */
  complete(withinMs: number): Promise<void>;
}

/** @param wanted 0 when nobody needs to wait any more */
export function muster(there: () => number, wanted: () => number): Muster {
  let waiting: () => void = () => undefined;
  return {
    look: () => waiting(),
    complete: (withinMs) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting = () => undefined;
          reject(incomplete(there(), wanted(), withinMs));
        }, withinMs);
        waiting = () => {
          if (there() < wanted()) return;
          waiting = () => undefined;
          clearTimeout(late);
          resolve();
        };
        waiting();
      }),
  };
}

function incomplete(there: number, wanted: number, withinMs: number): JobbenchError {
  return new JobbenchError(
    'TIMEOUT',
    `only ${there} of ${wanted} threads were there after ${withinMs / 1000} s; ask for fewer (concurrency, or the option threads), or for a longer --timeout`,
  );
}

/** @param error what killed a thread before it was there, if it was an error */
export function notStarted(error: unknown): JobbenchError {
  const reason = error === undefined ? 'it exited at once' : describeError(error);
  return new JobbenchError(
    'CHILD',
    `a thread of the pool could not start: ${reason}; if it is memory, ask for fewer threads`,
    {
      cause: error,
    },
  );
}
