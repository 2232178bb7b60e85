import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import adapter from '../../src/adapters/redis-list.js';
import type { Address, Session } from '../../src/core/adapter.js';
import type { WallMs } from '../../src/core/clock.js';
import type { Job, Outcome } from '../../src/core/job.js';
import { openRedis } from '../../src/servers/redisclient.js';
import { parseRedisUrl } from '../../src/servers/redisurl.js';
import { describeWithRedis } from '../servers/redisneeded.js';

let dir: string;
let cleanups: (() => Promise<unknown>)[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jb-lists-'));
  cleanups = [];
  vi.stubEnv('REDIS_URL', '');
});
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

test('the promise: a lease, a look for the dead, and a second for round trips', () => {
  expect(adapter.traitsFor(options({ lease: '2s', reapInterval: '1s' }))).toMatchObject({ recoveryMs: 4000 });
  expect(adapter.traitsFor(options({ persistence: 'aof-always' }))).toMatchObject({ durability: 'power-loss' });
});

describeWithRedis('lists', () => {
  test('calls of one turn share an LPUSH, unless they are not to; both keep the order', async () => {
    for (const [groupPush, calls] of [
      ['auto', 1],
      ['off', 20],
    ] as const) {
      const address = await place();
      const it = await session(address, { groupPush });
      const before = await commands(address, 'lpush');
      await Promise.all(Array.from({ length: 20 }, (_, i) => it.enqueue(job(i))));
      expect((await commands(address, 'lpush')) - before).toBe(calls);
      const work = start(it, 1);
      await vi.waitFor(() => expect(work.settled).toHaveLength(20), 5000);
      await work.stop();
      expect(work.seen.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    }
  });

  test('acks and the next claim share a script: a hundred short jobs cost far fewer round trips', async () => {
    const address = await place();
    const it = await session(address);
    await it.enqueueMany?.(Array.from({ length: 1000 }, (_, i) => job(i)));
    const before = await commands(address, 'evalsha');
    const work = start(it, 10);
    await vi.waitFor(() => expect(work.settled).toHaveLength(1000), 5000);
    await work.stop();
    expect((await commands(address, 'evalsha')) - before).toBeLessThan(200);
    expect(await it.depth?.()).toBe(0);
  });

  test('ahead is how many jobs a worker takes beside those that it can start: none with 0', async () => {
    const JOBS = 400;
    const turns = async (ahead: number) => {
      const address = await place();
      const it = await session(address, { ahead });
      await it.enqueueMany?.(Array.from({ length: JOBS }, (_, i) => job(i)));
      const before = await commands(address, 'evalsha');
      const work = start(it, 1);
      await vi.waitFor(() => expect(work.settled).toHaveLength(JOBS), 10_000);
      await work.stop();
      return (await commands(address, 'evalsha')) - before;
    };
    expect(await turns(0)).toBeGreaterThanOrEqual(JOBS);
    expect(await turns(3)).toBeGreaterThanOrEqual(JOBS / 4);
    expect(await turns(100)).toBeLessThan(JOBS / 4);
  });

  test('what a worker took and did not start goes back in its order when it stops', async () => {
    const it = await session(await place());
    await it.enqueueMany?.(Array.from({ length: 50 }, (_, i) => job(i)));
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = start(it, 2, () => gate);
    await vi.waitFor(() => expect(first.seen).toHaveLength(2), 5000);
    const stopped = first.stop();
    open();
    await stopped;
    expect(await it.depth?.()).toBe(48);
    const second = start(it, 1);
    await vi.waitFor(() => expect(second.settled).toHaveLength(48), 5000);
    await second.stop();
    expect(second.seen.map(({ index }) => index)).toEqual(Array.from({ length: 48 }, (_, i) => i + 2));
  });

  test('jobs of a worker that fell silent are given to another, one at a time, and given up in the end', async () => {
    const address = await place();
    const lists = { lease: '100ms', reapInterval: '50ms', redeliveries: 1 };
    const it = await session(address, lists);
    await it.enqueueMany?.([job(0), job(1)]);
    // As a worker does that is gone right after: it tells that it lives, and moves two jobs to its list.
    const die = () =>
      withRedis(address, async (redis) => {
        await redis.zadd(key(address, 'workers'), Date.now(), 'gone');
        const taken = key(address, 'taken:gone');
        for (let n = 0; n < 2; n++) await redis.lmove(key(address, 'waiting'), taken, 'RIGHT', 'LEFT');
      });
    await die();
    let most = 0;
    let now = 0;
    const work = start(it, 4, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    });
    await vi.waitFor(() => expect(work.settled).toHaveLength(2), 5000);
    await work.stop();
    expect(most).toBe(1);

    const strict = await session(address, { ...lists, redeliveries: 0 });
    await strict.enqueueMany?.([job(2), job(3)]);
    await die();
    const last = start(strict, 4);
    await vi.waitFor(() => expect(last.settled).toHaveLength(2), 5000);
    await last.stop();
    expect(last.seen).toEqual([]);
    expect(last.settled.every(([, how]) => how === 'failed')).toBe(true);
    expect(await it.dead?.()).toBe(2);
  });

  test('a worker that waits hears of a job that is due before the one it knows', async () => {
    const address = await place();
    const it = await session(address);
    const work = start(await session(address), 1);
    await it.enqueueAt?.(job(0), (Date.now() + 3_600_000) as WallMs);
    const from = performance.now();
    await it.enqueueAt?.(job(1), (Date.now() + 50) as WallMs);
    await vi.waitFor(() => expect(work.settled).toHaveLength(1), 5000);
    expect(performance.now() - from).toBeLessThan(3000); // a look without being told comes after 5 s
    await work.stop();
    expect(await it.depth?.()).toBe(1);
  });

  test('priorities and unique keys are refused', async () => {
    const it = await session(await place());
    for (const asked of [{ priority: 1 }, { key: 'k' }]) {
      await expect(it.enqueue(job(0, asked))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    }
    await expect(it.enqueue(job(0, { queue: 'other' }))).rejects.toThrow(/redis-list\.queues=default,other/);
  });
});

function options(set: Record<string, unknown>) {
  return adapter.options.parse(set);
}

function job(index: number, more: Partial<Job> = {}): Job {
  return { index, queue: 'default', work: { kind: 'noop' }, payload: 'x', ...more };
}

const key = (address: Address, what: string) => `${address.prefix}:default:${what}`;

async function place(): Promise<Address> {
  const folder = mkdtempSync(join(dir, 'p'));
  const address = await adapter.create(options({}), { dir: folder, name: 'jobbench:test:1', allowRemote: false });
  cleanups.push(() => adapter.destroy(address));
  return address;
}

async function session(address: Address, set: Record<string, unknown> = {}): Promise<Session> {
  const it = await adapter.connect(address, options(set));
  cleanups.push(() => it.close());
  return it;
}

function start(it: Session, concurrency: number, handle: () => void | Promise<void> = () => undefined) {
  const stop = new AbortController();
  const seen: Job[] = [];
  const settled: [number, Outcome][] = [];
  const over = it.run({
    concurrency,
    signal: stop.signal,
    handle: (each) => {
      seen.push(each);
      return handle();
    },
    host: { module: '', epoch: { runNs: 0n, wallMs: 0 }, logDir: '', name: '', spinsPerMs: 1, appDb: '' } as never,
    settled: (index, outcome) => settled.push([index, outcome]),
  });
  over.catch(() => undefined);
  return {
    seen,
    settled,
    stop() {
      stop.abort();
      return over;
    },
  };
}

async function withRedis<T>(
  address: Address,
  act: (redis: Awaited<ReturnType<typeof openRedis>>['redis']) => Promise<T>,
) {
  const client = await openRedis(parseRedisUrl(String(address.url)), { broken: 'fails', silenceMs: 5000 });
  try {
    return await act(client.redis);
  } finally {
    client.close();
  }
}

async function commands(address: Address, name: string): Promise<number> {
  const stats = await withRedis(address, (redis) => redis.info('commandstats'));
  return Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}
