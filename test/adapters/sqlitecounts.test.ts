import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import adapter from '../../src/adapters/sqlite.js';
import type { Address, Session } from '../../src/core/adapter.js';
import type { Job } from '../../src/core/job.js';
import { missing } from '../support/contestants.js';
import { type VirtualTime, virtualTime } from '../support/virtualtime.js';

/* What makes this backend fast, counted: a machine that is busy changes how long things take, not how many there are. */

const lacking = await missing({ label: 'sqlite', adapter, ref: { name: 'sqlite', module: '', options: {} } });
const JOBS = 100;

let dir: string;
let address: Address;
let time: VirtualTime | undefined;
const open: Session[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-sqlitecounts-'));
  if (lacking === undefined) address = await adapter.create(optionsOf(), { dir, name: 'test', allowRemote: false });
});
afterEach(async () => {
  time?.restore();
  time = undefined;
  vi.restoreAllMocks();
  for (const session of open.splice(0)) await session.close();
  rmSync(dir, { recursive: true });
});

function optionsOf(given: Record<string, unknown> = {}) {
  return adapter.options.parse(given);
}

async function connect(given: Record<string, unknown> = {}): Promise<Session> {
  const session = await adapter.connect(address, optionsOf(given));
  open.push(session);
  return session;
}

function jobs(payload = 'x'): Job[] {
  return Array.from({ length: JOBS }, (_, index) => ({ index, queue: 'default', work: { kind: 'noop' }, payload }));
}

/** What is written from now on by any connection of this process: the first words of each statement. */
async function writes(): Promise<() => readonly string[]> {
  const { default: Driver } = await import('better-sqlite3');
  const db = new Driver(':memory:');
  const prototype: { run(this: { readonly source: string }): unknown } = Object.getPrototypeOf(db.prepare('BEGIN'));
  db.close();
  const run = vi.spyOn(prototype, 'run');
  return () => run.mock.contexts.map(({ source }) => source.split(' ', 2).join(' '));
}

const HOST = { module: '', epoch: { ns: '0', wallMs: 0 }, logDir: '', name: 'w', spinsPerMs: 1, appDb: '' };

/** Until so many have settled. */
function work(session: Session, concurrency: number, most: number, handle: () => void = () => undefined) {
  const stop = new AbortController();
  let settled = 0;
  return session.run({
    concurrency,
    signal: stop.signal,
    host: HOST,
    handle,
    settled: () => {
      if (++settled === most) stop.abort();
    },
  });
}

/** A worker that does one job at a time, each of so many ms: its transactions, and the most that it held beside the one that runs. */
async function drained(claimBatch: number, jobMs: number): Promise<{ transactions: number; ahead: number }> {
  const session = await connect({ claimBatch });
  await session.enqueueMany?.(jobs());
  const written = await writes();
  const times = (statement: string) => written().filter((one) => one === statement).length;
  const virtual = virtualTime();
  time = virtual;
  let begun = 0;
  let ahead = 0;
  const ended = work(session, 1, JOBS, () => {
    ahead = Math.max(ahead, times('UPDATE job') - ++begun);
    virtual.busy(jobMs);
  });
  await virtual.until(ended);
  return { transactions: times('BEGIN IMMEDIATE'), ahead };
}

describe.skipIf(lacking !== undefined)(lacking ?? 'what sqlite saves', () => {
  test('a worker with one slot takes many short jobs in a transaction', async () => {
    expect((await drained(100, 0)).transactions).toBeLessThan(JOBS / 4);
  });

  test('claimBatch=1: one at a time, however short', async () => {
    const { transactions, ahead } = await drained(1, 0);
    expect(transactions).toBeGreaterThanOrEqual(JOBS);
    expect(ahead).toBe(0);
  });

  test('jobs that take long are not claimed ahead: other workers may have them', async () => {
    expect((await drained(100, 10)).ahead).toBe(0);
  });

  test('calls that are under way at the same time share a transaction, behind the first, which was alone', async () => {
    const session = await connect();
    const written = await writes();
    await Promise.all(jobs().map(session.enqueue));
    expect(written()).toEqual(['INSERT INTO', 'BEGIN IMMEDIATE', ...Array(JOBS - 1).fill('INSERT INTO'), 'COMMIT']);
  });

  test('a call that is alone is written before it returns, without a transaction around it', async () => {
    const session = await connect();
    const written = await writes();
    let calls = 0;
    for (const job of jobs()) {
      const accepted = session.enqueue(job);
      expect(written()).toEqual(Array(++calls).fill('INSERT INTO'));
      await accepted;
    }
  });

  test('groupCommit=off: each call is written by itself', async () => {
    const session = await connect({ groupCommit: 'off' });
    const written = await writes();
    await Promise.all(jobs().map(session.enqueue));
    expect(written()).toEqual(Array(JOBS).fill('INSERT INTO'));
  });

  test.each([
    ['auto', true],
    ['off', false],
  ])('fuse=%s: whether enqueues go along with what the worker of this process writes: %s', async (fuse, along) => {
    const session = await connect({ fuse });
    const written = await writes();
    const worked = work(session, 1, JOBS);
    await Promise.all(jobs().map(session.enqueue));
    await worked;
    const transactions = written()
      .join(', ')
      .split('BEGIN IMMEDIATE')
      .map((text) => text.split('COMMIT', 1).join());
    const both = transactions.filter((one) => one.includes('INSERT INTO') && /UPDATE job|DELETE FROM/.test(one));
    expect(both.length > 0).toBe(along);
  });

  test.each([
    ['statement', 1],
    ['rows', JOBS],
  ])('bulk=%s: a bulk call of a hundred is %i INSERT, in one transaction', async (bulk, inserts) => {
    const session = await connect({ bulk });
    const written = await writes();
    await session.enqueueMany?.(jobs());
    expect(written()).toEqual(['BEGIN IMMEDIATE', ...Array(inserts).fill('INSERT INTO'), 'COMMIT']);
    expect(await session.depth?.()).toBe(JOBS);
  });

  /** A checkpoint is what makes the file itself grow; until then all is in the write-ahead log. */
  const bytes = () => statSync(String(address.sqliteFile)).size;
  /** About 2,000 pages of 4 kB: more than a worker lets the log grow, and less than who only enqueues does. */
  const enqueue8MB = async (session: Session) => {
    for (const job of jobs('x'.repeat(80_000))) await session.enqueue(job);
  };

  test('who only enqueues leaves the write-ahead log to who works, who copies it into the file', async () => {
    const web = await connect();
    const before = bytes();
    await enqueue8MB(web);
    expect(bytes()).toBe(before);
    await work(await connect(), 1, 1);
    expect(bytes()).toBeGreaterThan(before + 4e6);
  });

  test('synchronous=full: who enqueues copies it too, because each of its commits waits for the disk', async () => {
    const before = bytes();
    await enqueue8MB(await connect({ synchronous: 'full' }));
    expect(bytes()).toBeGreaterThan(before + 2e6);
  });
});
