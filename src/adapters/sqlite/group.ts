import type { Writer } from './writer.js';

/** A row that waits for its transaction. */
interface Waiting {
  readonly insert: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: inserts that are under way at the same time share a transaction, and each resolves after its commit.
 * One that is alone goes out at once, because a group of one only costs a turn of the event loop.
 */
export function groupCommit(write: Writer, mode: 'auto' | 'off') {
  let waiting: Waiting[] = [];
  let underWay = 0;
  let lastSize = 1;
  let flushing = false;

  /** Whether the caller before has already had its answer, and the last group was no group. */
  const alone = () => underWay === 0 && waiting.length === 0 && lastSize <= 1 && !flushing;

  function direct(insert: () => void): void | Promise<void> {
    const pending = write.statement(insert);
    if (mode === 'off') return pending;
    underWay++;
    const answered = () => void underWay--;
    if (pending === undefined) queueMicrotask(answered);
    else pending.then(answered, answered);
    return pending;
  }

  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    lastSize = batch.length;
    flushing = true;
    try {
      const pending = write.transaction(() => {
        for (const { insert } of batch) insert();
      });
      if (pending !== undefined) await pending;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One row may be the fault of all: alone, each gets its own answer.
      if (batch.length === 1) batch[0]?.reject(error);
      else await Promise.all(batch.map(separately));
    }
    flushing = false;
    if (waiting.length > 0) setImmediate(flush);
  }

  async function separately({ insert, resolve, reject }: Waiting): Promise<void> {
    try {
      const pending = write.statement(insert);
      if (pending !== undefined) await pending;
      resolve();
    } catch (error) {
      reject(error);
    }
  }

  /** Returns nothing when the row is committed already. */
  return (insert: () => void): void | Promise<void> => {
    if (mode === 'off' || alone()) return direct(insert);
    return new Promise<void>((resolve, reject) => {
      if (waiting.push({ insert, resolve, reject }) === 1 && !flushing) setImmediate(flush);
    });
  };
}
