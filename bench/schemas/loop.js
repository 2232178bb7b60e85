// Enqueues, claims with leases and acks on one of two schemas, by bare statements: `{ schema, file, depth }`.
import Database from 'better-sqlite3';
import { answer } from '../../scripts/bench/answer.js';
import { SCHEMAS } from './schemas.js';

const LEASE_MS = 30_000;
const BATCH = 100;
const PRIORITIES = [0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
const value = JSON.stringify({ index: 12345, queue: 'default', work: { kind: 'noop' }, payload: 'x'.repeat(16) });

const plan = JSON.parse(process.argv[2]);
const db = new Database(plan.file, { timeout: 0 });
db.pragma('journal_mode = WAL');
db.pragma('synchronous = normal');
const { tables, statements } = SCHEMAS[plan.schema];
db.exec(tables);
const s = Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, db.prepare(sql)]));
let serial = 0;

/** Every tenth is less urgent, and every fifth is due in an hour. */
function insert() {
  const n = serial++;
  const now = Date.now();
  s.insert.run({ id: n, now, at: n % 5 === 0 ? now + 3_600_000 + n : now, value, priority: PRIORITIES[n % 10] });
}

const fill = db.transaction((count) => {
  for (let n = 0; n < count; n++) insert();
});

/** Acks what was claimed before and claims up to a hundred more, the most urgent first. */
const turn = db.transaction((held) => {
  const now = Date.now();
  for (const job of held) s.ack.run(job);
  const claimed = [];
  for (let priority = -1; claimed.length < BATCH; ) {
    const found = s.after.get({ priority });
    if (found === undefined) break;
    priority = found.priority;
    claimed.push(...s.due.all({ priority, now, limit: BATCH - claimed.length }));
  }
  const until = now + LEASE_MS;
  for (const job of claimed) s.claim.run({ ...job, until });
  return claimed.map((job) => ({ ...job, at: until }));
});

answer({
  /** @returns `{ enqueue, work }` in jobs/s: a transaction for each job; a hundred acks and claims in one */
  run({ warm, enqueue, work }) {
    fill(plan.depth);
    enqueued(warm);
    return { enqueue: enqueued(enqueue), work: worked(work) };
  },
});

function enqueued(count) {
  const from = performance.now();
  for (let n = 0; n < count; n++) insert();
  return (count * 1000) / (performance.now() - from);
}

/** Refilled while the clock stands still, so that the depth stays as it is. */
function worked(count) {
  let ms = 0;
  let done = 0;
  let held = [];
  while (done < count) {
    const from = performance.now();
    held = turn(held);
    ms += performance.now() - from;
    if (held.length === 0) throw new Error('nothing is due');
    done += held.length;
    fill(Math.ceil(held.length * 1.25)); // every fifth waits for its time
  }
  return (done * 1000) / ms;
}
