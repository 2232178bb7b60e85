import Database from 'better-sqlite3';

/** The table of the adapter in one transaction that never ends: what SQLite does when nothing is ever made durable. */
const BATCH = 100;

export async function connect({ sqliteFile: file }) {
  const db = new Database(file);
  const insert = db.prepare('INSERT INTO job (queue, visible_at, value, created_at) VALUES (?, ?, ?, ?)');
  const due = db.prepare(
    'SELECT id, value FROM job WHERE queue = ? AND priority = 0 AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
  );
  const remove = db.prepare('DELETE FROM job WHERE id = ?');
  db.exec('BEGIN IMMEDIATE');
  const enqueue = (job) => {
    const now = Date.now();
    insert.run(job.queue, now, JSON.stringify(job), now);
  };
  return {
    enqueue,
    enqueueMany: (jobs) => jobs.forEach(enqueue),
    async run({ signal, handle, settled }) {
      while (!signal.aborted) {
        for (const { id, value } of due.all('default', Date.now(), BATCH)) {
          handle(JSON.parse(value));
          remove.run(id);
          settled();
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
