import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scarcity } from '../../src/adapters/sqlite/scarcity.js';
import adapter from '../../src/adapters/sqlite.js';
import type { Session } from '../../src/core/adapter.js';
import { takeEpoch, type WallMs } from '../../src/core/clock.js';
import type { Job } from '../../src/core/job.js';
import { missing } from '../support/contestants.js';

const lacking = await missing({ label: 'sqlite', adapter, ref: { name: 'sqlite', module: '', options: {} } });
const soon = { timeout: 20_000, interval: 2 };
/** So many fail for good, and are kept with their errors: that needs more room than is left on a page. */
const FAILING = 40;
const JOBS = FAILING + 2;

let dir: string;
let heal: () => Promise<void>;
let connect: (given?: Record<string, unknown>) => Promise<Session>;
const open: Session[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-full-'));
  if (lacking !== undefined) return;
  const made = await adapter.create(adapter.options.parse({}), { dir, name: 'test', allowRemote: false });
  const full = await adapter.harms(made).fill();
  heal = full.heal;
  connect = async (given = {}) => {
    const session = await adapter.connect(full.address, adapter.options.parse(given));
    open.push(session);
    return session;
  };
});
afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((session) => session.close()));
  rmSync(dir, { recursive: true });
});

function job(index: number, payload = ''): Job {
  return { index, queue: 'default', work: { kind: 'noop' }, payload };
}

/** The jobs, and then as many that are due another day as the file takes. */
async function fillUp(session: Session): Promise<void> {
  for (let index = 0; index < JOBS; index++) await session.enqueue(job(index));
  const anotherDay = (Date.now() + 86_400_000) as WallMs; // Date.now() is what WallMs is the brand of
  for (const size of [8_000, 1_000, 0]) {
    const fill = async () => {
      for (;;) await session.enqueueAt?.(job(JOBS, 'x'.repeat(size)), anotherDay);
    };
    await expect(fill()).rejects.toMatchObject({ code: 'SQLITE_FULL' });
  }
}

function run(session: Session, concurrency = JOBS) {
  const stop = new AbortController();
  const handled: number[] = [];
  const outcomes: string[] = [];
  const done = session.run({
    concurrency,
    signal: stop.signal,
    host: { module: '', epoch: takeEpoch(), logDir: dir, name: 'w', spinsPerMs: 1, appDb: '' },
    handle({ index }) {
      handled.push(index);
      if (index < FAILING) throw new Error('x'.repeat(200));
    },
    settled: (_, outcome) => void outcomes.push(outcome),
  });
  done.catch(() => undefined); // `stop` has it
  const before = session.observe?.().totals.full_refusals ?? 0;
  const refusals = () => (session.observe?.().totals.full_refusals ?? 0) - before;
  return {
    handled,
    outcomes,
    refusals,
    stop() {
      stop.abort();
      return done;
    },
  };
}

describe.skipIf(lacking !== undefined)(lacking ?? 'a file that may not grow', () => {
  test('refuses jobs, and takes more by the same session when there is room again', async () => {
    const session = await connect();
    const large = job(1, 'x'.repeat(100_000));
    await expect(session.enqueue(large)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(session.observe?.().totals.full_refusals).toBe(1);
    await heal();
    await session.enqueue(large);
    expect(await session.depth?.()).toBe(1);
  });

  test('does not end a worker: it acks what is done, tries the rest again and again, and goes on when there is room', async () => {
    const session = await connect();
    await fillUp(session);
    const worker = run(session);
    await vi.waitFor(() => expect(worker.refusals()).toBeGreaterThan(4), soon);
    expect(worker.outcomes.length).toBeLessThan(JOBS);
    await heal();
    await vi.waitFor(() => expect(worker.outcomes).toHaveLength(JOBS), soon);
    await worker.stop();
    expect(worker.outcomes.filter((how) => how === 'failed')).toHaveLength(FAILING);
    expect(worker.handled).toHaveLength(JOBS);
    expect(await session.dead?.()).toBe(FAILING);
  });

  test('keeps the leases of jobs whose end it cannot write, so that nobody does them again', async () => {
    const session = await connect({ lease: 150 });
    await fillUp(session);
    const worker = run(session);
    await vi.waitFor(() => expect(worker.refusals()).toBeGreaterThan(5), soon); // each after 100 ms: the lease is over
    const other = run(await connect());
    await vi.waitFor(() => expect(worker.refusals()).toBeGreaterThan(8), soon);
    await heal();
    await vi.waitFor(() => expect([...worker.outcomes, ...other.outcomes]).toHaveLength(JOBS), soon);
    await Promise.all([worker.stop(), other.stop()]);
    expect([...worker.handled, ...other.handled]).toHaveLength(JOBS);
  });

  test('is told where a worker has to stop without room, and the jobs stay for another', async () => {
    const session = await connect({ busyTimeout: 150, lease: 100 });
    await fillUp(session);
    const worker = run(session);
    await vi.waitFor(() => expect(worker.refusals()).toBeGreaterThan(2), soon);
    await expect(worker.stop()).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    await heal();
    const other = run(await connect());
    await vi.waitFor(() => expect([...worker.outcomes, ...other.outcomes]).toHaveLength(JOBS), soon);
    await other.stop();
  });

  test('keeps no job waiting by rows that do not fit beside it', async () => {
    const session = await connect();
    for (let index = FAILING; index < FAILING + 5; index++) await session.enqueue(job(index));
    const large = [0, 1, 2].map(() => session.enqueue(job(JOBS, 'x'.repeat(200_000))));
    const worker = run(session, 1);
    const told = await Promise.allSettled(large);
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await vi.waitFor(() => expect(worker.outcomes).toHaveLength(5), soon);
    await worker.stop();
  });
});

test('what makes room goes first and by itself once there was none, and few are claimed then', () => {
  const claimed = { id: 1, createdAt: 0, claims: 1, failures: 0, job: job(0) };
  const [done, failed] = [
    { claimed, outcome: 'completed' as const },
    { claimed, outcome: 'failed' as const },
  ];
  const scarce = scarcity(0);
  expect(scarce.split([failed, done])).toEqual({ ending: [failed, done], later: [] });
  expect(scarce.claimable(50, 2)).toBe(50);
  expect(scarce.refused(false)).toBe(0);
  expect(scarce.split([failed, done])).toEqual({ ending: [done], later: [failed] });
  expect(scarce.split([failed])).toEqual({ ending: [failed], later: [] });
  expect([scarce.claimable(50, 1), scarce.claimable(50, 0), scarce.claimable(0, 0)]).toEqual([0, 1, 0]);
  expect(scarce.refused(false)).toBeGreaterThan(0);
  scarce.committed();
  expect(scarce.claimable(50, 2)).toBe(50);
});
