import type { JobbenchError } from '../core/errors.js';

/** Calls that wait for an answer, which names its call by number alone. */
export interface PendingCalls<P> {
  /** @param process whose end the call does not survive; `answer` may be left alone, it ends no process when it is rejected */
  open(process: P | undefined): { readonly id: number; readonly answer: Promise<unknown> };
  resolve(id: number, result: unknown): void;
  reject(id: number, error: JobbenchError): void;
  /** @param process whose calls; those of all processes when absent */
  rejectAll(error: JobbenchError, process?: P): void;
}

export function pendingCalls<P>(): PendingCalls<P> {
  const calls = new Map<number, Call<P>>();
  let ids = 0;
  function take(id: number): Call<P> | undefined {
    const call = calls.get(id);
    calls.delete(id);
    return call;
  }
  return {
    open(process) {
      const id = ids++;
      const answer = new Promise<unknown>((resolve, reject) => calls.set(id, { resolve, reject, process }));
      answer.catch(() => undefined); // may be rejected after its deadline, when nobody listens any more
      return { id, answer };
    },
    resolve: (id, result) => take(id)?.resolve(result),
    reject: (id, error) => take(id)?.reject(error),
    rejectAll(error, process) {
      for (const [id, call] of calls) if (process === undefined || call.process === process) take(id)?.reject(error);
    },
  };
}

interface Call<P> {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly process: P | undefined;
}
