import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import adapter from '../../src/adapters/sqlite.js';
import type { Address, Session } from '../../src/core/adapter.js';
import { takeEpoch, type WallMs } from '../../src/core/clock.js';
import type { Job } from '../../src/core/job.js';
import { quantile } from '../../src/stats/quantile.js';
import { missing } from '../support/contestants.js';
import { DIST } from '../support/dist.js';
import { otherProducer, producerOnDemand } from '../support/otherprocess.js';

const lacking = await missing({ label: 'sqlite', adapter, ref: { name: 'sqlite', module: '', options: {} } });
const soon = { timeout: 20_000, interval: 2 };

let dir: string;
let address: Address;
const open: (() => unknown)[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-sqlite-'));
  if (lacking === undefined) address = await adapter.create(optionsOf(), { dir, name: 'test', allowRemote: false });
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  rmSync(dir, { recursive: true });
});

function optionsOf(given: Record<string, unknown> = {}) {
  return adapter.options.parse(given);
}

async function connect(given: Record<string, unknown> = {}): Promise<Session> {
  const session = await adapter.connect(address, optionsOf(given));
  open.push(() => session.close());
  return session;
}

/** The queue's own file, as a person with the sqlite3 program sees it. */
async function file(): Promise<Database> {
  const { default: Driver } = await import('better-sqlite3');
  const db = new Driver(String(address.sqliteFile), { timeout: 2_000 });
  open.push(() => db.close());
  return db;
}

function job(index: number, rest: Partial<Job> = {}): Job {
  return { index, queue: 'default', work: { kind: 'noop' }, payload: `payload ${index}`, ...rest };
}

function asking(priority: number | undefined): Partial<Job> {
  return priority === undefined ? {} : { priority };
}

interface Held {
  readonly id: number;
  readonly createdAt: number;
}

type Handle = (index: number, attempt: number | undefined) => void | Promise<void>;

/** Runs a session; remembers what was handled and reported. */
function run(session: Session, concurrency = 1, handle: Handle = () => undefined) {
  const stop = new AbortController();
  const handled: number[] = [];
  const attempts: (number | undefined)[] = [];
  const outcomes: [number, string][] = [];
  const host = { module: '', epoch: takeEpoch(), logDir: dir, name: 'w', spinsPerMs: 1e5, appDb: '' };
  const done = session.run({
    concurrency,
    signal: stop.signal,
    host,
    handle({ index }, attempt) {
      handled.push(index);
      attempts.push(attempt);
      return handle(index, attempt);
    },
    settled: (index, outcome) => void outcomes.push([index, outcome]),
  });
  const end = async () => {
    stop.abort();
    await done;
  };
  open.push(end);
  return {
    handled,
    attempts,
    outcomes,
    stop: end,
    until: (n: number) => vi.waitFor(() => expect(outcomes.length).toBeGreaterThanOrEqual(n), soon),
  };
}

/** A promise and the way to resolve it. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

describe.skipIf(lacking !== undefined)(lacking ?? 'sqlite', () => {
  describe('order', () => {
    test('first due, first out; first in, first out among equals', async () => {
      const session = await connect();
      const at = (Date.now() - 1000) as WallMs;
      await session.enqueueAt?.(job(0), (at + 20) as WallMs);
      for (const index of [1, 2, 3]) await session.enqueueAt?.(job(index), at);
      await session.enqueueAt?.(job(4), (at - 20) as WallMs);
      await session.enqueueMany?.([job(5), job(6)]);
      const worker = run(session);
      await worker.until(7);
      expect(worker.handled).toEqual([4, 1, 2, 3, 0, 5, 6]);
    });

    test('queues get turns by their weights, and none is starved', async () => {
      const session = await connect({ queues: 'default:1,urgent:3', claimBatch: 1 });
      await session.enqueueMany?.(
        Array.from({ length: 80 }, (_, i) => job(i, { queue: i % 2 ? 'urgent' : 'default' })),
      );
      const worker = run(session);
      await worker.until(80);
      const urgent = worker.handled.slice(0, 40).filter((index) => index % 2 === 1).length;
      expect(urgent).toBe(30);
    });

    test('what is enqueued at the same time shares transactions, and each call is answered', async () => {
      const session = await connect();
      await Promise.all(Array.from({ length: 500 }, (_, i) => session.enqueue(job(i))));
      expect(await session.depth?.()).toBe(500);
      const worker = run(session, 5);
      await worker.until(500);
      expect(new Set(worker.handled).size).toBe(500);
      expect(await session.depth?.()).toBe(0);
    });
  });

  describe('priorities', () => {
    test('the most urgent first, then first in, first out; none is as 0', async () => {
      const session = await connect();
      await session.enqueueMany?.([5, 1, undefined, 5, 1, 2_097_151, 0].map((priority, i) => job(i, asking(priority))));
      const worker = run(session);
      await worker.until(7);
      expect(worker.handled).toEqual([2, 6, 1, 4, 0, 3, 5]);
    });

    test('what is urgent but not due yet holds up nothing, and comes when it is due', async () => {
      const session = await connect({ claimBatch: 1 });
      const worker = run(session);
      await session.enqueueAt?.(job(0, { priority: 1 }), (Date.now() + 60) as WallMs);
      await session.enqueue(job(1, { priority: 9 }));
      await worker.until(1);
      expect(worker.handled).toEqual([1]);
      await worker.until(2);
      expect(worker.handled).toEqual([1, 0]);
    });

    test.each([-1, 0.5, 2_097_152])('%d is none', async (priority) => {
      const session = await connect();
      await expect(session.enqueue(job(0, { priority }))).rejects.toMatchObject({ code: 'USAGE' });
    });

    test.each(['at-least-once', 'at-most-once'])('stay with a job that is tried again (%s)', async (delivery) => {
      const session = await connect({ delivery, backoff: 0, claimBatch: 1 });
      await session.enqueueMany?.([
        job(0, { priority: 1, attempts: 2 }),
        job(1, { priority: 3 }),
        job(2, { priority: 2 }),
      ]);
      const worker = run(session, 1, (index, attempt) => {
        if (index === 0 && attempt === 1) throw new Error('once');
      });
      await worker.until(4);
      expect(worker.handled).toEqual([0, 0, 2, 1]);
    });
  });

  describe('a key', () => {
    test('that waits is taken once, by whichever verb, and is free again when its job has ended', async () => {
      const [session, other] = [await connect(), await connect()];
      const twin = (index: number, key = 'k') => job(index, { key });
      await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? session : other).enqueue(twin(i))));
      await session.enqueueMany?.([twin(60), twin(61, ''), twin(62, '\ud800'), twin(63, '\ufffd')]);
      await session.enqueueAt?.(twin(64), Date.now() as WallMs);
      const worker = run(session);
      await worker.until(4);
      expect(worker.handled.slice(1)).toEqual([61, 62, 63]);
      await session.enqueue(twin(70));
      await worker.until(5);
      expect(worker.handled.at(-1)).toBe(70);
    });

    test('that two processes enqueue at the same time is taken once', async () => {
      const session = await connect();
      const twins = (from: number) => Array.from({ length: 50 }, (_, i) => job(from + i, { key: `k${i % 5}` }));
      const other = await otherProducer(dir, 'sqlite', address, twins(100));
      open.push(other.kill);
      await Promise.all([other.enqueue(), ...twins(0).map((each) => session.enqueue(each))]);
      expect(await session.depth?.()).toBe(5);
    });

    test('is not promised where a claim takes the row away', () => {
      expect(adapter.traitsFor(optionsOf({ delivery: 'at-most-once' }))).toMatchObject({
        unique: false,
        claimsAhead: 100,
      });
    });
  });

  describe('a lease', () => {
    test('is renewed as long as the worker lives, however long a job takes', async () => {
      const [holder, other] = [await connect({ lease: 100 }), await connect({ lease: 100 })];
      const { passed, open: release } = gate();
      const holding = run(holder, 1, () => passed);
      await holder.enqueue(job(0));
      await vi.waitFor(() => expect(holding.handled).toEqual([0]), soon);
      const idle = run(other);
      const db = await file();
      const until = () => (db.prepare('SELECT visible_at FROM job').get() as { visible_at: number }).visible_at;
      const first = until();
      // Three renewals are as long as the lease itself.
      await vi.waitFor(() => expect(until()).toBeGreaterThan(first + 200), soon);
      expect(idle.handled).toEqual([]);
      release();
      await holding.until(1);
    });

    test.each([
      ['completed', () => undefined],
      ['failed', () => Promise.reject(new Error('too late'))],
    ])('that is lost ends nothing: a job that %s afterwards stays with its new holder', async (outcome, ending) => {
      const session = await connect();
      const { passed, open: release } = gate();
      const worker = run(session, 1, () => passed.then(ending));
      await session.enqueue(job(0));
      await vi.waitFor(() => expect(worker.handled).toEqual([0]), soon);
      const db = await file();
      db.exec('UPDATE job SET claims = claims + 1'); // as another worker's claim does
      release();
      await worker.until(1);
      expect(worker.outcomes).toEqual([[0, outcome]]);
      expect(db.prepare('SELECT count(*) AS n FROM job').get()).toEqual({ n: 1 });
      expect(db.prepare('SELECT count(*) AS n FROM dead').get()).toEqual({ n: 0 });
    });

    test('of a worker that was killed runs out, and another does the job', async () => {
      const session = await connect({ lease: 400 });
      await session.enqueue(job(0));
      const killed = await hangingWorker(400);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      const worker = run(session);
      await worker.until(1);
      expect(worker.outcomes).toEqual([[0, 'completed']]);
      expect(worker.attempts).toEqual([1]); // a death is no failed attempt
    });

    test('lost too often makes a job dead, visible and reported, without another try', async () => {
      const session = await connect({ redeliveries: 2 });
      await session.enqueueMany?.([job(0), job(1)]);
      const db = await file();
      db.exec("UPDATE job SET claims = 3 WHERE json_extract(value, '$.index') = 0");
      const worker = run(session);
      await worker.until(2);
      expect(worker.handled).toEqual([1]);
      expect(worker.outcomes).toContainEqual([0, 'failed']);
      expect(db.prepare('SELECT error FROM dead').all()).toEqual([{ error: 'its workers died' }]);
    });

    test('that has lapsed ends nothing, not even once its row id belongs to another job', async () => {
      const [frozen, other] = [await connect(), await connect()];
      const table = await file();
      const [first, second] = [gate(), gate()];
      await frozen.enqueue(job(0));
      const slow = run(frozen, 1, () => first.passed);
      await vi.waitFor(() => expect(slow.handled).toEqual([0]), soon);
      // As if another had taken it over meanwhile and had done it: its id is free, and the next job gets it.
      const taken = table.prepare('DELETE FROM job RETURNING id, created_at AS createdAt').get() as Held;
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(taken.createdAt), soon);
      const fast = run(other, 1, () => second.passed);
      await other.enqueue(job(1));
      await vi.waitFor(() => expect(fast.handled).toEqual([1]), soon);
      const held = () => table.prepare('SELECT id, created_at AS createdAt, claims FROM job').get() as Held | undefined;
      expect(held()).toMatchObject({ id: taken.id, claims: 1 });
      first.open();
      await slow.until(1);
      expect(held()).toMatchObject({ id: taken.id, claims: 1 });
      second.open();
      await fast.until(1);
      expect(held()).toBeUndefined();
    });

    test('that is given back at a stop is no death, however often that happens', async () => {
      const session = await connect({ redeliveries: 0 });
      await session.enqueueMany?.(Array.from({ length: 200 }, (_, i) => job(i)));
      // Quick jobs make it claim ahead, a slow one lets the stop find what was claimed.
      for (let round = 0; round < 3; round++) {
        const { passed, open: release } = gate();
        const worker = run(session, 1, (index) => (index % 50 === 49 ? passed : undefined));
        await vi.waitFor(() => expect(worker.handled.some((index) => index % 50 === 49)).toBe(true), soon);
        const stopped = worker.stop();
        release();
        await stopped;
      }
      const rest = run(session);
      await vi.waitFor(async () => expect(await session.depth?.()).toBe(0), soon);
      await rest.stop();
      expect((await file()).prepare('SELECT count(*) AS n FROM dead').get()).toEqual({ n: 0 });
    });
  });

  describe('attempts', () => {
    test('are numbered, wait for the backoff that doubles, and end as completed', async () => {
      const session = await connect({ backoff: 40 });
      const times: number[] = [];
      const worker = run(session, 1, (_, attempt = 0) => {
        times.push(performance.now());
        if (attempt < 3) throw new Error(`attempt ${attempt}`);
      });
      await session.enqueue(job(0, { attempts: 3 }));
      await worker.until(3);
      expect(worker.attempts).toEqual([1, 2, 3]);
      expect(worker.outcomes.map(([, outcome]) => outcome)).toEqual(['retrying', 'retrying', 'completed']);
      const [first = 0, second = 0, third = 0] = times;
      expect(second - first).toBeGreaterThanOrEqual(40);
      expect(third - second).toBeGreaterThanOrEqual(80);
    });

    test.each(['at-least-once', 'at-most-once'])('that are used up make a job dead (%s)', async (delivery) => {
      const session = await connect({ backoff: 1, delivery });
      const worker = run(session, 1, () => {
        throw new Error('no use');
      });
      await session.enqueue(job(0, { attempts: 2 }));
      await worker.until(2);
      expect(worker.outcomes).toEqual([
        [0, 'retrying'],
        [0, 'failed'],
      ]);
      expect(await session.depth?.()).toBe(0);
      expect(await session.dead?.()).toBe(1);
      expect((await file()).prepare('SELECT error FROM dead').all()).toEqual([{ error: 'no use' }]);
    });
  });

  test('closing with a job in hand writes what has ended and leaves the rest to its lease', async () => {
    const session = await connect({ claimBatch: 1 });
    const worker = run(session, 2, (index) => (index === 0 ? new Promise(() => undefined) : undefined));
    await session.enqueueMany?.([job(0), job(1)]);
    await worker.until(1);
    await session.close();
    const rows = (await file()).prepare('SELECT value FROM job').all() as { value: string }[]; // as selected
    expect(rows.map(({ value }) => JSON.parse(value).index)).toEqual([0]);
    await expect(session.enqueue(job(2))).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test.each([
    ['at-least-once', 1],
    ['at-most-once', 0],
  ])('%s: while a job runs the file holds %i', async (delivery, held) => {
    const session = await connect({ delivery });
    const { passed, open: release } = gate();
    const worker = run(session, 1, () => passed);
    await session.enqueue(job(0));
    await vi.waitFor(() => expect(worker.handled).toEqual([0]), soon);
    expect(await session.depth?.()).toBe(held);
    release();
    await worker.until(1);
    expect(await session.depth?.()).toBe(0);
  });

  test.each(['normal', 'full'])(
    'synchronous=%s: an idle worker hears of a job from another process long before it would look by itself',
    async (synchronous) => {
      const consumer = await connect({ synchronous });
      const producer = await producerOnDemand(dir, 'sqlite', address, { synchronous });
      open.push(() => producer.kill());
      const started: number[] = [];
      const worker = run(consumer, 1, () => void started.push(Number(process.hrtime.bigint()) / 1e6));
      const pickups: number[] = [];
      for (let index = 0; index < 25; index++) {
        // Idle again: it is asleep after a turn of the event loop without work.
        for (let turn = 0; turn < 10; turn++) await nextTurn();
        const acceptedMs = await producer.enqueue(job(index));
        await worker.until(index + 1);
        pickups.push((started[index] ?? Number.NaN) - acceptedMs);
      }
      // Its own look comes every 250 ms, so it would find them after 125 ms in the middle.
      expect(quantile(pickups, 0.5)).toBeLessThan(40);
    },
  );

  describe('a lock that another holds', () => {
    test('is waited for without blocking the event loop, and nothing is lost', async () => {
      const session = await connect();
      const db = await file();
      db.exec('BEGIN IMMEDIATE');
      let accepted = false;
      const enqueued = session.enqueue(job(0)).then(() => {
        accepted = true;
      });
      // Timers go on meanwhile: by them it is seen that the enqueue has asked for the lock, and asks again.
      const retries = () => session.observe?.().totals.busy_retries ?? 0;
      await vi.waitFor(() => expect(retries()).toBeGreaterThan(5), soon);
      expect(accepted).toBe(false);
      db.exec('COMMIT');
      await enqueued;
      expect(await session.depth?.()).toBe(1);
    });

    test('is not waited for beyond the timeout, and the refusal says so', async () => {
      const session = await connect({ busyTimeout: 30 });
      const db = await file();
      db.exec('BEGIN IMMEDIATE');
      await expect(session.enqueue(job(0))).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
      db.exec('COMMIT');
      expect(await session.depth?.()).toBe(0);
    });
  });

  test("busy=sqlite waits by SQLite's own handler, inside the call, and does not ask again", async () => {
    const session = await connect({ busy: 'sqlite', busyTimeout: 30 });
    expect(await session.effective?.()).toMatchObject({ busy_timeout: 30 });
    const db = await file();
    db.exec('BEGIN IMMEDIATE');
    const from = performance.now();
    const refused = session.enqueue(job(0));
    expect(performance.now() - from).toBeGreaterThanOrEqual(25);
    await expect(refused).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    db.exec('COMMIT');
    expect(session.observe?.().totals).toMatchObject({ busy_retries: 0 });
    expect(await session.depth?.()).toBe(0);
  });

  test('the bulk path refuses what the traits do not declare, and takes none of the batch', async () => {
    const session = await connect({ delivery: 'at-most-once' });
    const refused = session.enqueueMany?.([job(0), job(1, { key: 'k' })]);
    await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await session.depth?.()).toBe(0);
  });

  test.each(['off', 'normal', 'full'])('synchronous=%s is read back from the connection', async (synchronous) => {
    const session = await connect({ synchronous });
    expect(await session.effective?.()).toMatchObject({ synchronous, journal_mode: 'wal', busy_timeout: 0 });
  });

  test('a bulk call keeps its order, in one statement or in many, also among several queues', async () => {
    for (const bulk of ['statement', 'rows']) {
      const queues = 'default:1,other:1';
      const session = await connect({ bulk, queues });
      const jobs = Array.from({ length: 50 }, (_, i) => job(i, { queue: i % 7 === 0 ? 'other' : 'default' }));
      await session.enqueueMany?.([...jobs, job(99, { priority: 0 })]);
      const work = run(session);
      await vi.waitFor(() => expect(work.outcomes).toHaveLength(51), soon);
      await work.stop();
      for (const mine of [0, 1]) {
        const order = work.handled.filter((i) => i < 50 && Number(i % 7 === 0) === mine);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      await session.enqueueMany?.(jobs);
      expect(await session.depth?.()).toBe(50);
      const again = run(session);
      await vi.waitFor(() => expect(again.outcomes).toHaveLength(50), soon);
      await again.stop();
    }
  });

  test('a worker that has more than it gets done leaves gaps between its transactions while others write, and only then', async () => {
    const claimsOf100 = async (gap: number, others: boolean) => {
      const session = await connect({ gap, claimBatch: 10 });
      const web = await connect();
      await session.enqueueMany?.(Array.from({ length: 100 }, (_, i) => job(i)));
      const from = performance.now();
      const work = run(session);
      let next = 100;
      const writes = async (): Promise<void> => {
        if (work.outcomes.length >= 100) return;
        await web.enqueue(job(next++));
        setImmediate(writes);
      };
      if (others) await writes();
      await vi.waitFor(() => expect(work.outcomes.length).toBeGreaterThanOrEqual(100), soon);
      const took = performance.now() - from;
      await work.stop();
      return took;
    };
    // The first claim does not know yet that it has company, and timers may be a little early.
    expect(await claimsOf100(20, true)).toBeGreaterThan(8 * 19);
    expect(await claimsOf100(1000, false)).toBeLessThan(8 * 1000);
  });

  test.each(['statement', 'rows'])('payloads of all kinds come back as they went in, bulk=%s', async (bulk) => {
    const session = await connect({ bulk });
    const payloads = ['', '\u0000', '\ud800', '😀 \u{10ffff}', '{"__proto__":1}', 'x'.repeat(1_000_000)];
    await session.enqueueMany?.(payloads.map((payload, index) => job(index, { payload })));
    const seen: string[] = [];
    const stop = new AbortController();
    const host = { module: '', epoch: takeEpoch(), logDir: dir, name: 'w', spinsPerMs: 1, appDb: '' };
    await session.run({
      ...{ concurrency: 1, signal: stop.signal, host },
      handle: ({ payload }) => void seen.push(payload),
      settled: () => seen.length === payloads.length && stop.abort(),
    });
    expect(seen).toEqual(payloads);
  });
});

test('what is promised follows from the options', () => {
  expect(adapter.traitsFor(optionsOf())).toMatchObject({
    delivery: 'at-least-once',
    durability: 'process-crash',
    recoveryMs: 31_000,
  });
  expect(adapter.traitsFor(optionsOf({ synchronous: 'full' })).durability).toBe('power-loss');
  expect(adapter.traitsFor(optionsOf({ delivery: 'at-most-once' }))).not.toHaveProperty('recoveryMs');
});

test.each([{ queues: 'default' }, { queues: 'a:1,' }, { lease: 10 }, { synchronous: 'sometimes' }])(
  'refuses %o',
  (given) => {
    expect(adapter.options.safeParse(given).success).toBe(false);
  },
);

/** A process that claims a job and never ends it. Resolves when it has begun. */
async function hangingWorker(lease: number): Promise<ChildProcess> {
  const script = join(dir, 'hanging.mjs');
  const module = JSON.stringify(pathToFileURL(join(DIST, 'adapters/sqlite.js')).href);
  writeFileSync(
    script,
    `const { default: adapter } = await import(${module});
    const session = await adapter.connect(${JSON.stringify(address)}, adapter.options.parse({ lease: ${lease} }));
    const handle = () => { process.stdout.write('begun'); return new Promise(() => setInterval(() => undefined, 1000)); };
    await session.run({ concurrency: 1, signal: new AbortController().signal, handle, settled: () => undefined });`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  open.push(() => child.kill('SIGKILL'));
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data'); // stdio above makes it a pipe
  return child;
}
