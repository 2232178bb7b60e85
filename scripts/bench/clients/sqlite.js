import Database from 'better-sqlite3';

/** The adapter's own table and statements, called in a loop: an insert a job; 100 claims and the last 100 acks a transaction. */
const BATCH = 100;
const LEASE_MS = 30_000;
/** Pages of the log after which it is copied into the file, as the adapter has it where it enqueues. */
const LOG_PAGES = 4_000;

/** @param busy what is done while another process writes: SQLite's own handler sleeps, `retry` asks again at the next turn */
export async function connect({ sqliteFile: file }, { batch = BATCH, synchronous = 'normal', busy = 'sqlite' } = {}) {
  const db = new Database(file, { timeout: busy === 'sqlite' ? 5000 : 0 });
  const begun = busy === 'sqlite' ? (act) => act() : again;
  db.pragma(`synchronous = ${synchronous}`);
  if (synchronous !== 'full') db.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
  const insert = db.prepare('INSERT INTO job (queue, visible_at, value, created_at) VALUES (?, ?, ?, ?)');
  const due = db.prepare(
    'SELECT id, claims, value FROM job WHERE queue = ? AND priority = 0 AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
  );
  const claim = db.prepare('UPDATE job SET visible_at = ?, claims = claims + 1 WHERE id = ?');
  const ack = db.prepare('DELETE FROM job WHERE id = ? AND claims = ?');
  const take = (now) => {
    const rows = due.all('default', now, batch);
    for (const { id } of rows) claim.run(now + LEASE_MS, id);
    return rows;
  };
  const drop = (rows) => {
    for (const { id, claims } of rows) ack.run(id, claims + 1);
  };
  const fused = db.transaction((rows, now) => {
    drop(rows);
    return take(now);
  }).immediate;
  const alone = db.transaction(take).immediate;
  function add(job) {
    const now = Date.now();
    insert.run(job.queue, now, JSON.stringify(job), now);
  }
  const addMany = db.transaction((jobs) => {
    for (const job of jobs) add(job);
  }).immediate;
  return {
    enqueue: busy === 'sqlite' ? add : (job) => again(() => add(job)),
    enqueueMany: addMany,
    async run({ signal, handle, settled }) {
      let held = [];
      while (!signal.aborted) {
        if (batch === 1) {
          const rows = await begun(() => alone(Date.now()));
          for (const row of rows) handle(JSON.parse(row.value));
          await begun(() => drop(rows)); // one row: the statement is its own transaction
          for (const _ of rows) settled();
          if (rows.length === 0) await turn();
          else await undefined; // whoever waits for this job goes on
          continue;
        }
        const done = held;
        held = await begun(() => fused(done, Date.now()));
        for (const _ of done) settled();
        for (const row of held) handle(JSON.parse(row.value));
        if (held.length === 0) await turn();
        else await undefined;
      }
    },
  };
}

/** @returns a promise only where the lock was taken */
function again(act) {
  try {
    return act();
  } catch (error) {
    if (error.code !== 'SQLITE_BUSY') throw error;
    return turn().then(() => again(act));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
