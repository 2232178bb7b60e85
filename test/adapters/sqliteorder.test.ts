import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import adapter from '../../src/adapters/sqlite.js';
import type { Address, Session } from '../../src/core/adapter.js';
import type { Job } from '../../src/core/job.js';
import { missing } from '../support/contestants.js';

const lacking = await missing({ label: 'sqlite', adapter, ref: { name: 'sqlite', module: '', options: {} } });
const MODES = ['auto', 'off'] as const;

let dir: string;
let address: Address;
let db: Database;
const open: (() => unknown)[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-order-'));
  if (lacking !== undefined) return;
  address = await adapter.create(adapter.options.parse({}), { dir, name: 'test', allowRemote: false });
  const { default: Driver } = await import('better-sqlite3');
  db = new Driver(String(address.sqliteFile), { timeout: 2_000 });
  open.push(() => db.close());
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  rmSync(dir, { recursive: true });
});

async function connect(given: Record<string, unknown>): Promise<Session> {
  const session = await adapter.connect(address, adapter.options.parse(given));
  open.push(() => session.close());
  return session;
}

function job(index: number): Job {
  return { index, queue: 'default', work: { kind: 'noop' }, payload: `payload ${index}` };
}

/** The jobs as they came into the file. */
function written(): number[] {
  return db
    .prepare<[], { n: number }>(`SELECT value ->> 'index' AS n FROM job ORDER BY id`)
    .all()
    .map(({ n }) => n);
}

const ascending = (jobs: readonly number[]) => jobs.toSorted((a, b) => a - b);

/** Another program that has the lock most of the time, and lets it go again and again. */
async function hog() {
  const script = join(dir, 'hog.cjs');
  const driver = JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'));
  writeFileSync(
    script,
    `const db = new (require(${driver}))(${JSON.stringify(address.sqliteFile)}, { timeout: 1000 });
    process.stdout.write('ready');
    process.stdin.on('end', () => process.exit(0)).resume();
    (function hold() {
      db.exec('BEGIN IMMEDIATE');
      for (const until = performance.now() + Math.random(); performance.now() < until; );
      db.exec('COMMIT');
      setImmediate(hold);
    })();`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  open.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}

test.skipIf(lacking !== undefined)(
  'who connects while another has the file for itself, as after a crash, waits for it',
  async () => {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    let waits = true;
    const connecting = connect({}).finally(() => (waits = false));
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    expect(waits).toBe(true);
    db.close();
    const session = await connecting;
    await session.enqueue(job(0));
    expect(await session.depth?.()).toBe(1);
  },
);

describe.skipIf(lacking !== undefined)(lacking ?? 'calls of one session that are not awaited', () => {
  test.each(MODES)('do not overtake one that waits for the lock of the file, groupCommit=%s', async (groupCommit) => {
    const session = await connect({ groupCommit });
    db.exec('BEGIN IMMEDIATE');
    const calls: unknown[] = [session.enqueue(job(0)), session.enqueue(job(1))];
    // By then it asks by a timer, so that whoever comes now and asks at once would be first.
    await vi.waitFor(() => expect(session.observe?.().totals.busy_retries).toBeGreaterThan(120), { timeout: 20_000 });
    db.exec('COMMIT');
    calls.push(session.enqueue(job(2)), session.enqueueMany?.([3, 4, 5].map(job)), session.enqueue(job(6)));
    await nextTurn();
    calls.push(session.enqueue(job(7)));
    await Promise.all(calls);
    expect(written()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test.each(MODES)('among them bulk calls, stay in their order, groupCommit=%s', async (groupCommit) => {
    const session = await connect({ groupCommit });
    let next = 0;
    const some = () => job(next++);
    const calls: unknown[] = [];
    for (let round = 0; round < 5; round++) {
      calls.push(session.enqueue(some()), session.enqueue(some()), session.enqueueMany?.([some(), some()]));
      if (round % 2 === 0) await nextTurn();
    }
    await Promise.all(calls);
    expect(written()).toEqual(Array.from({ length: next }, (_, index) => index));
  });

  test.each([
    ['auto', 5_000],
    ['off', 5_000],
    // Refused as a group, and then one by one: those that are accepted after all are in order, too.
    ['auto', 2],
    ['off', 2],
  ])('stay in their order beside a program that hogs the lock, groupCommit=%s, busyTimeout=%d ms', async (...given) => {
    const [groupCommit, busyTimeout] = given;
    const session = await connect({ groupCommit, busyTimeout });
    await hog();
    const accepted: number[] = [];
    const enqueue = (index: number) =>
      session.enqueue(job(index)).then(
        () => void accepted.push(index),
        (error) => expect(error).toMatchObject({ code: 'SQLITE_BUSY' }),
      );
    for (let burst = 0; burst < 30; burst++) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => enqueue(burst * 50 + n)));
    }
    if (busyTimeout === 5_000) expect(accepted).toHaveLength(1_500);
    expect(written()).toEqual(ascending(accepted));
  });
});
