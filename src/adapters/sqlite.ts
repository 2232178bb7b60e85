import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Adapter, Address, Remedy, Session } from '../core/adapter.js';
import { describeError, JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { groupCommit } from './sqlite/group.js';
import { plainLists } from './sqlite/lists.js';
import { type O, options } from './sqlite/options.js';
import { statements } from './sqlite/statements.js';
import { weightsText } from './sqlite/weights.js';
import { workLoop } from './sqlite/workloop.js';
import { writer } from './sqlite/writer.js';

/** Marks a file as made by us: "jobb". Any other file is refused. */
const APPLICATION_ID = 0x6a6f6262;

/**
 * How long the write-ahead log gets before a commit copies it into the file. Who works does that, and others only where
 * nobody works: it waits for the disk, and a web server would stand still meanwhile.
 */
const LOG_PAGES = { working: 1_000, enqueuing: 4_000 };

/** How much a file that is to be full still takes, and how much more once there is room again. */
const ROOM_PAGES = 20;
const BALLAST_PAGES = 1_000;
/** Workers may have the lock of the file when room is made. */
const HEAL_MS = 5_000;

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
    const db = await open(file);
    db.pragma('journal_mode = WAL');
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.exec(`
      CREATE TABLE job (
        id INTEGER PRIMARY KEY, queue TEXT NOT NULL, visible_at INTEGER NOT NULL, claims INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0, value TEXT NOT NULL, created_at INTEGER NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0, key TEXT);
      CREATE INDEX job_due ON job (queue, priority, visible_at);
      CREATE UNIQUE INDEX job_key ON job (queue, key) WHERE key IS NOT NULL;
      CREATE TABLE dead (id INTEGER PRIMARY KEY, queue TEXT, value TEXT, error TEXT, died_at INTEGER);`);
    db.close();
    return { sqliteFile: file };
  },
  async connect({ sqliteFile: file, mostPages }, o) {
    assertOurs(String(file));
    const db = await open(String(file), o.busy === 'sqlite' ? o.busyTimeout : 0);
    db.pragma(`synchronous = ${o.synchronous}`);
    // With full every commit waits for the disk anyway, and longest where the log grows.
    if (o.synchronous !== 'full') db.pragma(`wal_autocheckpoint = ${LOG_PAGES.enqueuing}`);
    if (mostPages !== undefined) db.pragma(`max_page_count = ${Number(mostPages)}`);
    return session(db, String(file), o);
  },
  harms: (address) => ({ fill: () => full(address) }),
} satisfies Adapter<O>;

/**
 * A limit of pages is a connection's own, so it holds for those that connect to the returned address, from then on. They get
 * room again as on a full disk: by what somebody else deletes.
 */
async function full(address: Address) {
  const { sqliteFile: file } = address;
  const db = await open(String(file));
  db.exec(
    `CREATE TABLE ballast AS SELECT zeroblob(${BALLAST_PAGES * Number(db.pragma('page_size', { simple: true }))})`,
  );
  const pages = Number(db.pragma('page_count', { simple: true }));
  db.close();
  const heal = async () => {
    const healer = await open(String(file));
    try {
      await writer(healer, HEAL_MS).statement(() => void healer.exec('DROP TABLE ballast'));
    } finally {
      healer.close();
    }
  };
  return { address: { ...address, mostPages: pages + ROOM_PAGES }, heal };
}

async function unavailable(): Promise<Remedy | undefined> {
  try {
    const { default: Driver } = await import('better-sqlite3');
    new Driver(':memory:').close();
    return undefined;
  } catch (error) {
    return {
      reason: `better-sqlite3 does not load: ${describeError(error)}`,
      remedy: 'npm install better-sqlite3@12 (it compiles: needs python3, make and a C++ compiler)',
    };
  }
}

/**
 * Reads the header by itself: opening another program's file already changes it, where a crash has left a write-ahead
 * log, and makes one that is not there.
 */
function assertOurs(file: string): void {
  const header = Buffer.alloc(72);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (header.readUInt32BE(68) !== APPLICATION_ID)
    throw new JobbenchError('USAGE', 'this SQLite file was not made by jobbench, so it is left alone');
}

/** @param handlerMs how long SQLite's own busy handler waits. It blocks the event loop and starves other processes, so we wait ourselves. */
async function open(file: string, handlerMs = 0): Promise<Database> {
  const { default: Driver } = await import('better-sqlite3');
  return new Driver(file, { timeout: Math.min(Math.ceil(handlerMs), 2 ** 31 - 1) });
}

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
