import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Adapter, Session } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { assertOurs, createFile, full, openFile, unavailable } from './sqlite/file.js';
import { groupCommit } from './sqlite/group.js';
import { plainLists } from './sqlite/lists.js';
import { type O, options } from './sqlite/options.js';
import { statements } from './sqlite/statements.js';
import { weightsText } from './sqlite/weights.js';
import { workLoop } from './sqlite/workloop.js';
import { writer } from './sqlite/writer.js';

/**
 * How long the write-ahead log gets before a commit copies it into the file. Who works does that, and others only where
 * nobody works: it waits for the disk, and a web server would stand still meanwhile.
 */
const LOG_PAGES = { working: 1_000, enqueuing: 4_000 };

const traits: Traits = {
  topology: 'shared',
  executes: 'loop',
  delivery: 'at-least-once',
  durability: 'process-crash',
  schedules: true,
  priorities: true,
  retries: true,
  backoff: true,
  unique: true,
  fifo: true,
  weights: true,
  bulk: true,
  store: 'sqlite-file',
};

const traitsFor = (o: O): Traits => ({
  ...traits,
  delivery: o.delivery,
  durability: o.synchronous === 'full' ? 'power-loss' : 'process-crash',
  maxPayloadBytes: o.maxPayload,
  // At most once a claim takes the row away, and with it what would hold the key, and all that was claimed ahead.
  unique: o.delivery === 'at-least-once',
  ...(o.delivery === 'at-least-once' ? { recoveryMs: o.lease + 1_000 } : { claimsAhead: o.claimBatch }),
});

/**
 * A queue in one SQLite file (WAL), after Litestack's Litequeue. `visible_at` is both the due time of a waiting job and
 * the end of the lease of a claimed one, so that one index serves claims and recovery, and a lapsed lease needs nobody
 * to notice it.
 */
export default {
  summary: 'a table in one SQLite file: leases, weighted queues, idle workers woken by the write-ahead log',
  traits,
  packages: ['better-sqlite3'],
  options,
  traitsFor,
  notes: (o) =>
    o.busy === 'sqlite'
      ? [
          'busy=sqlite: who waits for the lock stands still, and may get no turn while others have work: to compare with',
        ]
      : [],
  weighted: (o, weights) => ({ ...o, queues: weightsText(weights) }),
  unavailable,
  async create(_, scratch) {
    const file = join(scratch.dir, 'queue.sqlite3');
    await createFile(file);
    return { sqliteFile: file };
  },
  async connect({ sqliteFile: file, mostPages }, o) {
    assertOurs(String(file));
    const db = await openFile(String(file), o.busy === 'sqlite' ? o.busyTimeout : 0);
    try {
      // Whoever comes first after a crash has the file for itself until it has read the log; others ask again.
      await writer(db, o.busyTimeout).statement(() => {
        db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get();
        db.pragma(`synchronous = ${o.synchronous}`);
        // With full every commit waits for the disk anyway, and longest where the log grows.
        if (o.synchronous !== 'full') db.pragma(`wal_autocheckpoint = ${LOG_PAGES.enqueuing}`);
        if (mostPages !== undefined) db.pragma(`max_page_count = ${Number(mostPages)}`);
      });
    } catch (error) {
      db.close();
      throw error;
    }
    return session(db, String(file), o);
  },
  harms: (address) => ({ fill: () => full(address) }),
} satisfies Adapter<O>;

function session(db: Database, file: string, o: O): Session {
  const s = statements(db, o);
  const write = writer(db, o.busy === 'sqlite' ? 0 : o.busyTimeout);
  let loop: ReturnType<typeof workLoop> | undefined;
  const group = groupCommit(write, o.groupCommit, () => loop?.ride() ?? 'none');
  let closed = false;

  const promised = traitsFor(o);
  // The same whoever asks: proofs and comparisons hold for what was in force, and a worker changes it for itself.
  const logPages = {
    wal_autocheckpoint: Number(db.pragma('wal_autocheckpoint', { simple: true })),
    'wal_autocheckpoint of a worker': LOG_PAGES.working,
  };

  function accept(job: Job): void {
    if (closed) throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('sqlite', promised, job);
  }
  function insert(job: Job, visibleAt: number): void {
    const { queue, priority, key } = job;
    const value = JSON.stringify(job);
    if (priority === undefined && key === undefined) s.insert.run(queue, visibleAt, value, Date.now());
    // As JSON, because keys that differ in a lone surrogate only would be the same in UTF-8.
    else
      s.insertAsking.run(
        queue,
        visibleAt,
        value,
        Date.now(),
        priority ?? 0,
        key === undefined ? null : JSON.stringify(key),
      );
  }
  async function put(job: Job, visibleAt: number): Promise<void> {
    accept(job);
    const pending = group.insert(() => insert(job, visibleAt));
    if (pending !== undefined) await pending;
    loop?.wake();
  }

  return {
    enqueue: (job) => put(job, Date.now()),
    enqueueAt: (job, at) => put(job, Math.ceil(at)),
    async enqueueMany(jobs) {
      for (const job of jobs) accept(job);
      const now = Date.now();
      const lists = o.bulk === 'statement' ? plainLists(jobs) : undefined;
      const pending = group.insertMany(() => {
        if (lists === undefined) for (const job of jobs) insert(job, now);
        else for (const { queue, values } of lists) s.insertList.run(queue, now, now, values);
      });
      if (pending !== undefined) await pending;
      loop?.wake();
    },
    async run(runner) {
      db.pragma(`wal_autocheckpoint = ${LOG_PAGES.working}`);
      loop = workLoop(file, o, s, write, group.take, runner);
      try {
        await loop.finished;
      } finally {
        loop = undefined;
      }
    },
    dead: async () => s.dead.get()?.n ?? 0,
    depth: async () => s.depth.get()?.n ?? 0,
    queries: async () => loop && { count: loop.looks(), by: 'this session' },
    effective: async () => ({
      'sqlite version': s.version.get()?.v ?? 'unknown',
      journal_mode: String(db.pragma('journal_mode', { simple: true })),
      synchronous: ['off', 'normal', 'full', 'extra'][Number(db.pragma('synchronous', { simple: true }))] ?? 'unknown',
      busy_timeout: Number(db.pragma('busy_timeout', { simple: true })),
      ...logPages,
      page_size: Number(db.pragma('page_size', { simple: true })),
    }),
    observe: () => ({ totals: { busy_retries: write.retries(), full_refusals: write.refusals() }, spans: {} }),
    async close() {
      if (closed) return;
      closed = true;
      try {
        await loop?.halt();
      } finally {
        db.close();
      }
    },
  };
}
