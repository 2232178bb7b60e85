import type { Database } from 'better-sqlite3';
import { codeOf } from '../../core/errors.js';
import { TURN_MS } from './pace.js';

/** Asks at every turn of the event loop so often, and then each millisecond. */
const MANY_TRIES = 50;

/** A write that was refused because another holds the lock, or was called after one that was. */
interface Waiting {
  readonly act: () => void;
  /** Wall clock, ms. */
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that wait for another process's lock without blocking the event loop; synchronous when the lock is free, and
 * always in the order of their calls.
 * @param timeoutMs how long they wait; 0 for not at all
 */
export function writer(db: Database, timeoutMs: number) {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  let retries = 0;
  let refusals = 0;
  /** In the order of their calls: while one waits for the lock, none that was called later may have it first. */
  const waiting: Waiting[] = [];

  function attempt(act: () => void): void | Promise<void> {
    if (waiting.length > 0) return queued(act);
    try {
      act();
    } catch (error) {
      if (!isBusy(error) || timeoutMs === 0) throw counted(error);
      return queued(act);
    }
  }
  function queued(act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ act, deadline: Date.now() + timeoutMs, resolve, reject });
      if (waiting.length === 1) pause(0);
    });
  }
  /** Locks are held for well under a millisecond, but for longer where a commit waits for the disk. */
  function pause(tries: number): void {
    if (tries < MANY_TRIES) setImmediate(again, tries);
    else setTimeout(again, 1, tries);
  }
  function again(tries: number): void {
    const from = performance.now();
    let asked = tries;
    for (let first = waiting[0]; first !== undefined && performance.now() - from < TURN_MS; first = waiting[0]) {
      retries++;
      if (!isOver(first)) {
        asked++;
        break;
      }
      waiting.shift();
      asked = 0;
    }
    if (waiting.length > 0) pause(asked);
  }
  /** @returns whether it has its answer */
  function isOver({ act, deadline, resolve, reject }: Waiting): boolean {
    try {
      act();
      resolve();
    } catch (error) {
      if (isBusy(error) && Date.now() <= deadline) return false;
      reject(counted(error));
    }
    return true;
  }
  function inTransaction(act: () => void): void {
    begin.run();
    try {
      act();
      commit.run();
    } catch (error) {
      if (db.inTransaction) rollback.run();
      throw error;
    }
  }
  function counted(error: unknown): unknown {
    if (isFull(error)) refusals++;
    return error;
  }
  return {
    /** One statement, a transaction by itself. */
    statement: attempt,
    transaction: (act: () => void) => attempt(() => inTransaction(act)),
    retries: () => retries,
    /** Writes for which there was no room. */
    refusals: () => refusals,
  };
}

/** Somebody else holds the lock of the file. */
export function isBusy(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_BUSY') ?? false;
}

/** The disk has no room, or the file may not grow any further. */
export function isFull(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_FULL';
}

export type Writer = ReturnType<typeof writer>;
