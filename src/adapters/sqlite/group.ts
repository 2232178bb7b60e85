import type { Writer } from './writer.js';

/** A row that waits for its transaction. */
interface Waiting {
  readonly insert: () => void;
  /** How it is written by itself. */
  readonly alone: (insert: () => void) => void | Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Rows that go along with a transaction of somebody else, who calls one of the last two when it is over. */
export interface Passengers {
  insert(): void;
  committed(): void;
  refused(): void;
}

/** What becomes of rows that are offered: they have gone along, they may at the next turn of the event loop, or nothing. */
export type Ride = 'taken' | 'soon' | 'none';

/**
 * Group commit: inserts that are under way at the same time share a transaction, and each resolves after its commit.
 * One that is alone goes out at once, because a group of one only costs a turn of the event loop.
 * @param ride offers rows to who is about to write anyway
 */
export function groupCommit(write: Writer, mode: 'auto' | 'off', ride: () => Ride) {
  let waiting: Waiting[] = [];
  let underWay = 0;
  let lastSize = 1;
  let flushing = false;

  /** Whether the caller before has already had its answer, and the last group was no group. */
  const isAlone = () => underWay === 0 && waiting.length === 0 && lastSize <= 1 && !flushing;

  function direct(insert: () => void): void | Promise<void> {
    const pending = write.statement(insert);
    if (mode === 'off') return pending;
    underWay++;
    const answered = () => void underWay--;
    if (pending === undefined) queueMicrotask(answered);
    else pending.then(answered, answered);
    return pending;
  }

  /** One group at a time, so that rows stay in the order of their calls. */
  function depart(): Waiting[] {
    const batch = waiting;
    waiting = [];
    lastSize = batch.length;
    flushing = true;
    return batch;
  }
  function arrived(): void {
    flushing = false;
    if (waiting.length > 0) setImmediate(flush, false);
  }

  async function flush(late = false): Promise<void> {
    if (flushing || waiting.length === 0) return;
    const offer = ride();
    if (offer === 'taken') return;
    if (offer === 'soon' && !late) return void setImmediate(flush, true);
    const batch = depart();
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
    arrived();
  }

  /** In their order, as all of them ask before the first has its answer, and the writer keeps who asked first before the others. */
  async function separately({ insert, alone, resolve, reject }: Waiting): Promise<void> {
    try {
      const pending = alone(insert);
      if (pending !== undefined) await pending;
      resolve();
    } catch (error) {
      reject(error);
    }
  }

  function joined(insert: () => void, alone: Waiting['alone']): Promise<void> {
    return new Promise((resolve, reject) => {
      if (waiting.push({ insert, alone, resolve, reject }) === 1 && !flushing) setImmediate(flush, false);
    });
  }

  return {
    /** Returns nothing when the row is committed already. */
    insert(insert: () => void): void | Promise<void> {
      return mode === 'off' || isAlone() ? direct(insert) : joined(insert, write.statement);
    },
    /** Rows of one call: a transaction of their own, except behind rows that were called before them and still wait. */
    insertMany(insert: () => void): void | Promise<void> {
      return waiting.length === 0 && !flushing ? write.transaction(insert) : joined(insert, write.transaction);
    },
    /** Rows that wait, for a transaction that begins now; undefined where none do. */
    take(): Passengers | undefined {
      if (flushing || waiting.length === 0) return undefined;
      const batch = depart();
      return {
        insert() {
          for (const { insert } of batch) insert();
        },
        committed() {
          for (const { resolve } of batch) resolve();
          arrived();
        },
        refused: () => void Promise.all(batch.map(separately)).then(arrived),
      };
    },
  };
}

export type GroupCommit = ReturnType<typeof groupCommit>;
