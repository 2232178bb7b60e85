import type { Database } from 'better-sqlite3';
import { codeOf } from '../../core/errors.js';

/**
 * Writes that wait for another process's lock without blocking the event loop; synchronous when the lock is free.
 * @param timeoutMs how long they wait; 0 for not at all
 */
export function writer(db: Database, timeoutMs: number) {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  let retries = 0;
  let refusals = 0;

  function attempt(act: () => void): void | Promise<void> {
    try {
      act();
    } catch (error) {
      if (!isBusy(error) || timeoutMs === 0) throw counted(error);
      return again(act, Date.now() + timeoutMs, 0);
    }
  }
  async function again(act: () => void, deadline: number, tries: number): Promise<void> {
    retries++;
    // Locks are held for well under a millisecond, but for longer where a commit waits for the disk.
    await new Promise((resolve) => (tries < 50 ? setImmediate(resolve) : setTimeout(resolve, 1)));
    try {
      act();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw counted(error);
      return again(act, deadline, tries + 1);
    }
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
