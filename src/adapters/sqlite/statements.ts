import type { Database, Statement } from 'better-sqlite3';
import type { O } from './options.js';

/** A waiting job as a claim finds it. */
export interface Row {
  readonly id: number;
  readonly claims: number;
  readonly failures: number;
  readonly value: string;
}

/** Every statement of a session, prepared once. */
export interface Statements
  extends Readonly<
    Record<'insert' | 'claim' | 'ack' | 'renew' | 'giveBack' | 'retry' | 'reinsert' | 'bury', Statement>
  > {
  readonly due: Statement<[queue: string, now: number, limit: number], Row>;
  /** When the next job of a queue is due, or a lease lapses. */
  readonly next: Statement<[queue: string], { at: number | null }>;
  readonly depth: Statement<[], { n: number }>;
  readonly version: Statement<[], { v: string }>;
  readonly dataVersion: Statement<[], { data_version: number }>;
}

export function statements(db: Database, o: O): Statements {
  const claim =
    o.delivery === 'at-most-once'
      ? 'DELETE FROM job WHERE id = ?'
      : 'UPDATE job SET visible_at = ?, claims = claims + 1 WHERE id = ?';
  return {
    insert: db.prepare('INSERT INTO job (queue, visible_at, value, created_at) VALUES (?, ?, ?, ?)'),
    // The order of the index is first due, first out; equal times leave in order of arrival, because rowids end the index.
    due: db.prepare(
      'SELECT id, claims, failures, value FROM job WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
    ),
    claim: db.prepare(claim),
    ack: db.prepare('DELETE FROM job WHERE id = ? AND claims = ?'),
    renew: db.prepare('UPDATE job SET visible_at = ? WHERE id = ? AND claims = ?'),
    // As if it had never been claimed: a claim that is left over counts as the death of a worker.
    giveBack: db.prepare('UPDATE job SET visible_at = ?, claims = claims - 1 WHERE id = ? AND claims = ?'),
    retry: db.prepare('UPDATE job SET visible_at = ?, failures = failures + 1 WHERE id = ? AND claims = ?'),
    reinsert: db.prepare('INSERT INTO job (queue, visible_at, failures, value, created_at) VALUES (?, ?, ?, ?, ?)'),
    bury: db.prepare('INSERT OR REPLACE INTO dead (id, queue, value, error, died_at) VALUES (?, ?, ?, ?, ?)'),
    next: db.prepare('SELECT min(visible_at) AS at FROM job WHERE queue = ?'),
    depth: db.prepare('SELECT count(*) AS n FROM job'),
    version: db.prepare('SELECT sqlite_version() AS v'),
    dataVersion: db.prepare('PRAGMA data_version'),
  };
}
