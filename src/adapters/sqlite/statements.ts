import type { Database, Statement } from 'better-sqlite3';
import type { O } from './options.js';

/** A waiting job as a claim finds it. */
export interface Row {
  readonly id: number;
  /** Beside the id, which SQLite gives to another job once this one is gone. */
  readonly createdAt: number;
  readonly claims: number;
  readonly failures: number;
  readonly value: string;
}

/** The jobs of one priority in one queue: a stretch of the index. */
export interface PriorityClass {
  readonly priority: number;
  readonly visibleAt: number;
}

/** Every statement of a session, prepared once. */
export interface Statements
  extends Readonly<
    Record<
      'insert' | 'insertList' | 'insertAsking' | 'claim' | 'ack' | 'renew' | 'giveBack' | 'retry' | 'reinsert' | 'bury',
      Statement
    >
  > {
  readonly due: Statement<[queue: string, priority: number, now: number, limit: number], Row>;
  /** The next less urgent priority that a queue has jobs of, and when the first of them is due or its lease lapses. */
  readonly after: Statement<[queue: string, priority: number], PriorityClass>;
  readonly dead: Statement<[], { n: number }>;
  readonly depth: Statement<[], { n: number }>;
  readonly version: Statement<[], { v: string }>;
  readonly dataVersion: Statement<[], { data_version: number }>;
}

/** What a claim still holds: the same job, not claimed again since. */
const HELD = 'id = ? AND created_at = ? AND claims = ?';

export function statements(db: Database, o: O): Statements {
  const claim =
    o.delivery === 'at-most-once'
      ? 'DELETE FROM job WHERE id = ?'
      : 'UPDATE job SET visible_at = ?, claims = claims + 1 WHERE id = ?';
  return {
    insert: db.prepare('INSERT INTO job (queue, visible_at, value, created_at) VALUES (?, ?, ?, ?)'),
    // In the order of the list: json_each goes through it from the first to the last, and rowids follow.
    insertList: db.prepare(
      'INSERT INTO job (queue, visible_at, value, created_at) SELECT ?, ?, value, ? FROM json_each(?)',
    ),
    // A key that waits already makes this do nothing: in the statement itself, so that no two processes can race.
    insertAsking: db.prepare(
      `INSERT INTO job (queue, visible_at, value, created_at, priority, key) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (queue, key) WHERE key IS NOT NULL DO NOTHING`,
    ),
    // The order of the index is first due, first out; equal times leave in order of arrival, because rowids end the index.
    due: db.prepare(
      `SELECT id, created_at AS createdAt, claims, failures, value FROM job WHERE queue = ? AND priority = ? AND visible_at <= ?
       ORDER BY visible_at, id LIMIT ?`,
    ),
    after: db.prepare(
      `SELECT priority, visible_at AS visibleAt FROM job WHERE queue = ? AND priority > ?
       ORDER BY priority, visible_at LIMIT 1`,
    ),
    claim: db.prepare(claim),
    ack: db.prepare(`DELETE FROM job WHERE ${HELD}`),
    renew: db.prepare(`UPDATE job SET visible_at = ? WHERE ${HELD}`),
    // As if it had never been claimed: a claim that is left over counts as the death of a worker.
    giveBack: db.prepare(`UPDATE job SET visible_at = ?, claims = claims - 1 WHERE ${HELD}`),
    retry: db.prepare(`UPDATE job SET visible_at = ?, failures = failures + 1 WHERE ${HELD}`),
    reinsert: db.prepare(
      'INSERT INTO job (queue, visible_at, failures, value, created_at, priority) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    bury: db.prepare('INSERT INTO dead (queue, value, error, died_at) VALUES (?, ?, ?, ?)'),
    dead: db.prepare('SELECT count(*) AS n FROM dead'),
    depth: db.prepare('SELECT count(*) AS n FROM job'),
    version: db.prepare('SELECT sqlite_version() AS v'),
    dataVersion: db.prepare('PRAGMA data_version'),
  };
}
