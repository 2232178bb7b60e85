import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import adapter from '../../src/adapters/redis.js';
import type { Address, Runner, Session } from '../../src/core/adapter.js';
import type { WallMs } from '../../src/core/clock.js';
import type { Job, Outcome } from '../../src/core/job.js';
import { startRedis, stopRedis } from '../../src/servers/redis.js';
import { openRedis } from '../../src/servers/redisclient.js';
import { parseRedisUrl } from '../../src/servers/redisurl.js';
import { describeWithRedis } from '../servers/redisneeded.js';
import { otherProducer } from '../support/otherprocess.js';
import { testWithStrace } from '../support/strace.js';

const which = (program: string) => (spawnSync('which', [program], { encoding: 'utf8' }).stdout ?? '').trim();
const redisServer = which('redis-server');

let dir: string;
let cleanups: (() => Promise<unknown>)[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jb-redis-'));
  cleanups = [];
  vi.stubEnv('REDIS_URL', '');
});
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

describe('the promise', () => {
  test.each([
    ['none', 'memory'],
    ['rdb', 'memory'],
    ['aof', 'memory'],
    ['aof-always', 'power-loss'],
  ])('persistence %s is %s', (persistence, durability) => {
    expect(adapter.traitsFor(options({ persistence }))).toMatchObject({ durability });
  });

  test.each([
    [{}, 91_000],
    [{ lockDuration: '30s', stalledInterval: '5s' }, 36_000],
    [{ lockDuration: '1s', stalledInterval: '2s' }, 7000],
  ])('a job of a dead worker comes back: %o within %i ms', (set, recoveryMs) => {
    expect(adapter.traitsFor(options(set))).toMatchObject({ recoveryMs });
  });
});

describe('what stands in the way is told with the remedy', () => {
  test('no server there', async () => {
    vi.stubEnv('REDIS_URL', 'redis://me:s3cret@127.0.0.1:1/0');
    const trouble = await adapter.unavailable(options({}));
    expect(trouble?.reason).toMatch(/127\.0\.0\.1:1.*ECONNREFUSED/);
    expect(trouble?.remedy).toMatch(/unset/);
    expect(JSON.stringify(trouble)).not.toContain('s3cret');
    await expect(adapter.create(options({}), scratch())).rejects.toMatchObject({ code: 'ENVIRONMENT' });
  });

  test('a server that accepts and says nothing', async () => {
    const path = join(dir, 'silent');
    const silent = createServer().listen(path);
    cleanups.push(async () => silent.close());
    vi.stubEnv('REDIS_URL', path);
    expect((await adapter.unavailable(options({})))?.reason).toMatch(/no answer in \d+ ms/);
  });

  test('not a URL', async () => {
    vi.stubEnv('REDIS_URL', 'me:s3cret@somewhere');
    const trouble = await adapter.unavailable(options({}));
    expect(trouble?.reason).toMatch(/^REDIS_URL is not of a known kind; write redis:/);
    expect(JSON.stringify(trouble)).not.toContain('s3cret');
  });

  test('no redis-server', async () => {
    vi.stubEnv('PATH', dir);
    expect(await adapter.unavailable(options({}))).toMatchObject({
      reason: 'redis-server is not on PATH',
      remedy: expect.stringMatching(/install|REDIS_URL/),
    });
  });

  test('persistence for a server that is not ours', async () => {
    vi.stubEnv('REDIS_URL', 'redis://127.0.0.1:1');
    const trouble = await adapter.unavailable(options({ persistence: 'aof' }));
    expect(trouble?.reason).toMatch(/persistence=aof/);
  });

  test('another host needs to be allowed', async () => {
    vi.stubEnv('REDIS_URL', 'redis://me:s3cret@redis.invalid:6379');
    expect(await adapter.unavailable(options({}))).toBeUndefined();
    const refused = adapter.create(options({}), scratch());
    await expect(refused).rejects.toThrow(/redis\.invalid:6379.*--allow-remote/);
    await expect(refused).rejects.not.toThrow(/s3cret/);
    await expect(adapter.create(options({}), { ...scratch(), allowRemote: true })).rejects.toThrow(/redis\.invalid/);
  });
});

describeWithRedis('BullMQ', () => {
  test('500 jobs enqueued by one session are executed once each by another, and settle', async () => {
    const address = await place();
    const producer = await session(address);
    const jobs = Array.from({ length: 500 }, (_, i) => job(i, { payload: `\u0000 \ud800 é ${i}` }));
    await Promise.all(jobs.slice(0, 250).map((j) => producer.enqueue(j)));
    await producer.enqueueMany?.(jobs.slice(250));
    expect(await producer.depth?.()).toBe(500);

    const work = start(await session(address), { concurrency: 20 });
    await vi.waitFor(() => expect(work.settled).toHaveLength(500), 10_000);
    await work.stop();
    expect(work.seen.sort((a, b) => a.index - b.index)).toEqual(jobs);
    expect(work.settled.every(([, outcome]) => outcome === 'completed')).toBe(true);
    expect(work.most()).toBeLessThanOrEqual(20);
    expect(await producer.depth?.()).toBe(0);
  });

  test.each([true, false])(
    'removeOnComplete=%s: what has completed is forgotten, or kept',
    async (removeOnComplete) => {
      const address = await place();
      const it = await session(address, { removeOnComplete });
      await it.enqueueMany?.([job(0), job(1), job(2)]);
      const work = start(it, { concurrency: 1 });
      await vi.waitFor(() => expect(work.settled).toHaveLength(3), 5000);
      await work.stop();
      const kept = await withRedis(String(address.url), (redis) => redis.zcard(`${address.prefix}:default:completed`));
      expect(kept).toBe(removeOnComplete ? 0 : 3);
    },
  );

  test('drainDelay is how long an idle worker blocks before it asks again', async () => {
    const address = await place();
    const it = await session(address, { drainDelay: '2345ms' });
    const blocked = await withRedis(String(address.url), async (redis) => {
      const seen: string[][] = [];
      const monitor = await redis.monitor();
      monitor.on('monitor', (_: string, command: string[]) => seen.push(command));
      const work = start(it, { concurrency: 1 });
      const waits = () => seen.filter(([name]) => /^bzpopmin$/i.test(name ?? ''));
      await vi.waitFor(() => expect(waits()).not.toEqual([]), 5000);
      monitor.disconnect();
      await work.stop();
      return waits();
    });
    expect(Number(blocked[0]?.at(-1))).toBe(2.345);
  });

  test('enqueueAt is never early, whatever the fraction of a millisecond', async () => {
    const address = await place();
    const it = await session(address);
    const early: number[] = [];
    const due = new Map<number, number>();
    const work = start(it, {
      concurrency: 50,
      handle: (j) => {
        const by = Date.now() - Math.ceil(due.get(j.index) ?? Number.NaN);
        if (!(by >= 0)) early.push(by);
      },
    });
    const offsets = Array.from({ length: 200 }, (_, i) => (i % 5 === 0 ? -0.3 : i * 1.7 + 0.9));
    await Promise.all(
      offsets.map((offset, i) => {
        due.set(i, Date.now() + offset);
        return it.enqueueAt?.(job(i), (due.get(i) ?? 0) as WallMs);
      }),
    );
    await it.enqueueAt?.(job(1000), 253402300799000 as WallMs); // the year 9999 holds up nothing
    await vi.waitFor(() => expect(work.settled).toHaveLength(200), 10_000);
    expect(early).toEqual([]);
    await work.stop();
    expect(await it.depth?.()).toBe(1);
  });

  test('an abort lets running jobs finish and takes no others; the session can run again', async () => {
    const it = await session(await place());
    await it.enqueueMany?.(Array.from({ length: 20 }, (_, i) => job(i)));
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = start(it, { concurrency: 4, handle: () => gate });
    await vi.waitFor(() => expect(first.seen).toHaveLength(4), 5000);
    const stopped = first.stop();
    expect(first.settled).toEqual([]);
    open();
    await stopped;
    expect(first.seen).toHaveLength(4);
    expect(first.settled).toHaveLength(4);
    expect(await it.depth?.()).toBe(16);

    const second = start(it, { concurrency: 4 });
    await vi.waitFor(() => expect(second.settled).toHaveLength(16), 5000);
    await second.stop();
  });

  test('attempts are numbered, and the last failure is told from the others', async () => {
    const it = await session(await place());
    const tries: number[] = [];
    const work = start(it, {
      concurrency: 1,
      handle: (_, attempt) => {
        tries.push(attempt);
        throw new Error('no');
      },
    });
    await it.enqueue(job(7, { attempts: 3 }));
    await vi.waitFor(() => expect(work.settled).toHaveLength(3), 5000);
    await work.stop();
    expect(tries).toEqual([1, 2, 3]);
    expect(work.settled.map(([, outcome]) => outcome)).toEqual(['retrying', 'retrying', 'failed']);
    expect(await it.depth?.()).toBe(0);
  });

  test('backoff is respected', async () => {
    const it = await session(await place(), { backoff: '60ms' });
    const times: number[] = [];
    const work = start(it, {
      concurrency: 1,
      handle: () => {
        times.push(performance.now());
        if (times.length < 2) throw new Error('no');
      },
    });
    await it.enqueue(job(1, { attempts: 2 }));
    await vi.waitFor(() => expect(work.settled).toHaveLength(2), 5000);
    await work.stop();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(60);
  });

  test('a job says its own backoff, and is among the dead when its attempts are used up', async () => {
    const it = await session(await place());
    const times: number[] = [];
    const work = start(it, {
      concurrency: 1,
      handle: () => {
        times.push(performance.now());
        throw new Error('no');
      },
    });
    await it.enqueue(job(1, { attempts: 3, backoff: { type: 'exponential', ms: 30 } }));
    await vi.waitFor(() => expect(work.settled).toHaveLength(3), 5000);
    await work.stop();
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(30);
    expect(third - second).toBeGreaterThanOrEqual(60);
    expect(await it.dead?.()).toBe(1);
  });

  test('a key that two processes enqueue at the same time is taken once', async () => {
    const address = await place();
    const it = await session(address);
    const twins = (from: number) => Array.from({ length: 50 }, (_, i) => job(from + i, { key: `k${i % 5}` }));
    const other = await otherProducer(dir, 'redis', address, twins(100));
    cleanups.push(async () => other.kill());
    await Promise.all([other.enqueue(), ...twins(0).map((each) => it.enqueue(each))]);
    expect(await it.depth?.()).toBe(5);
  });

  test.each([{ priority: -1 }, { priority: 0.5 }, { priority: 2 ** 21 }])('%o is refused', async (asked) => {
    const it = await session(await place());
    await expect(it.enqueue(job(0, asked))).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('urgent jobs first, and one waiting job per key', async () => {
    const it = await session(await place());
    for (const [i, priority] of [5, 1, 3].entries()) await it.enqueue(job(i, { priority }));
    await Promise.all(Array.from({ length: 50 }, (_, i) => it.enqueue(job(100 + i, { key: 'once', priority: 9 }))));
    const work = start(it, { concurrency: 1 });
    await vi.waitFor(() => expect(work.settled).toHaveLength(4), 5000);
    await work.stop();
    expect(work.seen.map((j) => j.index).slice(0, 3)).toEqual([1, 2, 0]);
    expect(await it.depth?.()).toBe(0);
  });

  test('several queues share the concurrency; an unknown one is refused', async () => {
    const it = await session(await place(), { queues: 'a,b' });
    await it.enqueueMany?.(Array.from({ length: 30 }, (_, i) => job(i, { queue: i % 2 === 0 ? 'a' : 'b' })));
    const work = start(it, { concurrency: 3, handle: () => new Promise((resolve) => setImmediate(resolve)) });
    await vi.waitFor(() => expect(work.settled).toHaveLength(30), 5000);
    await work.stop();
    expect(work.most()).toBeLessThanOrEqual(3);
    await expect(it.enqueue(job(99, { queue: 'c' }))).rejects.toThrow(/redis\.queues=a,b,c/);
    const runner = start(it, { concurrency: 1 });
    await expect(runner.stop()).rejects.toThrow(/at least 2/);
  });

  test('settings are read back, and connecting changes nothing that is queued', async () => {
    const address = await place({ persistence: 'aof-always' });
    const first = await session(address);
    await first.enqueue(job(1));
    const second = await session(address);
    expect(await second.depth?.()).toBe(1);
    expect(await second.effective?.()).toEqual({
      redis: expect.stringMatching(/^\d+\.\d+/),
      server: 'private',
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
    });
    await second.close();
    await second.close();
  });

  testWithStrace(
    'aof-always flushes before each reply, aof does not',
    async (strace) => {
      const always = await traced(strace, 'aof-always');
      expect(always.flushes).toBeGreaterThanOrEqual(20);
      expect(always.repliesBeforeFlush).toBe(0);
      expect((await traced(strace, 'aof')).repliesBeforeFlush).toBeGreaterThan(0);
    },
    30_000,
  );

  test('nothing is left after destroy, and destroying twice is harmless', async () => {
    const address = await adapter.create(options({}), scratch());
    expect(existsSync(String(address.url))).toBe(true);
    await adapter.destroy(address);
    await adapter.destroy(address);
    expect(existsSync(join(dir, 'redis'))).toBe(false);
  });

  test('when the server is killed, enqueue and run end with an error', async () => {
    const address = await place();
    const it = await session(address);
    const work = start(await session(address), { concurrency: 1 });
    await it.enqueue(job(1));
    await vi.waitFor(() => expect(work.settled).toHaveLength(1), 5000);
    const pid = Number(await withRedis(String(address.url), (r) => r.info('server')).then(processId));
    process.kill(pid, 'SIGKILL');
    await expect(it.enqueue(job(2))).rejects.toMatchObject({ code: 'ENVIRONMENT' });
    await expect(it.enqueue(job(3))).rejects.toThrow(/did not accept the job.*(ECONNREFUSED|ENOENT)/);
    await work.stop().catch((error) => expect(error).toMatchObject({ code: 'ENVIRONMENT' }));
  }, 20_000);

  test('when the server freezes, enqueue gives up after commandTimeout, and goes on when it wakes', async () => {
    const address = await place();
    const it = await session(address, { commandTimeout: '200ms' });
    await it.enqueue(job(1));
    const pid = Number(await withRedis(String(address.url), (r) => r.info('server')).then(processId));
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(it.enqueue(job(2))).rejects.toThrow(/did not accept the job: no answer in 200 ms/);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await vi.waitFor(() => it.enqueue(job(3)), 5000);
  });

  test('on a server of others, nothing but our own keys is touched', async () => {
    const foreign = await startRedis(join(dir, 'f'), 'none');
    cleanups.push(() => stopRedis(foreign.socket));
    vi.stubEnv('REDIS_URL', foreign.socket);
    await withRedis(foreign.socket, (r) => r.mset('theirs', 'kept', 'bull:default:id', '5', 'jobbench:other:x', '1'));
    const before = await contents(foreign.socket);

    const o = options({});
    expect(await adapter.unavailable(o)).toBeUndefined();
    const address = await adapter.create(o, scratch());
    const it = await session(address);
    const work = start(it, { concurrency: 2 });
    for (let i = 0; i < 10; i++) await it.enqueue(job(i, i === 0 ? { key: 'k', attempts: 2 } : {}));
    await it.enqueueAt?.(job(10), (Date.now() + 60_000) as WallMs);
    await vi.waitFor(() => expect(work.settled).toHaveLength(10), 5000);
    expect(await it.effective?.()).toMatchObject({ server: 'loopback' });
    await work.stop();
    await it.close();
    expect(await contents(foreign.socket)).not.toEqual(before);
    await adapter.destroy(address);
    expect(await contents(foreign.socket)).toEqual(before);

    await withRedis(foreign.socket, (r) => r.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    expect((await adapter.unavailable(o))?.reason).toMatch(/allkeys-lru/);
    await expect(adapter.create(o, scratch())).rejects.toThrow(/noeviction/);
  });

  test('nothing is printed', async () => {
    const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const printed = [vi.spyOn(console, 'log'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
    const address = await place();
    const it = await session(address);
    const work = start(it, { concurrency: 1 });
    await it.enqueue(job(1));
    await vi.waitFor(() => expect(work.settled).toHaveLength(1), 5000);
    await adapter.destroy(address);
    await it.enqueue(job(2)).catch(() => undefined);
    await work.stop().catch(() => undefined);
    await it.close();
    for (const spy of [...written, ...printed]) expect(spy).not.toHaveBeenCalled();
  }, 20_000);
});

/** Enqueues 20 jobs one after another, and reads from the server's system calls when it flushed and when it replied. */
async function traced(strace: string, persistence: string) {
  const trace = join(dir, `${persistence}.trace`);
  const command = `exec ${strace} -f -o ${trace} -e trace=write,writev,fdatasync,fsync ${redisServer} "$@"`;
  writeFileSync(join(dir, 'redis-server'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env.PATH}`);
  const address = await adapter.create(options({ persistence }), scratch());
  const it = await session(address);
  for (let i = 0; i < 20; i++) await it.enqueue(job(i));
  await it.close();
  await adapter.destroy(address);
  let [unflushed, flushes, repliesBeforeFlush] = [false, 0, 0];
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [, call, fd = '', data = ''] = /^\d+ +(write|writev|fdatasync|fsync)\((\d+)(.*)/.exec(line) ?? [];
    if (call === 'fdatasync' || call === 'fsync') {
      flushes++;
      unflushed = false;
    } else if (call === 'write' && /^, "\*\d+/.test(data) && Number(fd) > 2) {
      unflushed = true; // commands go into the log as a client would send them
    } else if (call !== undefined && unflushed && /^, "[$:]/.test(data)) {
      repliesBeforeFlush++;
    }
  }
  return { flushes, repliesBeforeFlush };
}

function options(set: Record<string, unknown>) {
  return adapter.options.parse(set);
}

function scratch() {
  return { dir, name: 'jobbench:test:1', allowRemote: false };
}

function job(index: number, more: Partial<Job> = {}): Job {
  return { index, queue: 'default', work: { kind: 'noop' }, payload: 'x', ...more };
}

async function place(set: Record<string, unknown> = {}): Promise<Address> {
  const address = await adapter.create(options(set), scratch());
  cleanups.push(() => adapter.destroy(address));
  return address;
}

async function session(address: Address, set: Record<string, unknown> = {}): Promise<Session> {
  const it = await adapter.connect(address, options(set));
  cleanups.push(() => it.close());
  return it;
}

function start(
  it: Session,
  how: { concurrency: number; handle?: (job: Job, attempt: number) => void | Promise<void> },
) {
  const seen: Job[] = [];
  const settled: [number, Outcome][] = [];
  const stop = new AbortController();
  let now = 0;
  let most = 0;
  const runner: Runner = {
    concurrency: how.concurrency,
    signal: stop.signal,
    async handle(j, attempt = 0) {
      seen.push(j);
      most = Math.max(most, ++now);
      try {
        await how.handle?.(j, attempt);
      } finally {
        now--;
      }
    },
    host: { module: '', epoch: { ns: '0', wallMs: 0 }, logDir: dir, name: 'test', spinsPerMs: 1, appDb: '' },
    settled: (index, outcome) => settled.push([index, outcome]),
  };
  const done = it.run(runner);
  done.catch(() => undefined); // the test sees it by `stop`
  return {
    seen,
    settled,
    most: () => most,
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

async function withRedis<T>(socket: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const client = await openRedis(parseRedisUrl(socket), { broken: 'fails', silenceMs: 5000 });
  try {
    return await use(client.redis);
  } finally {
    client.close();
  }
}

function contents(socket: string): Promise<[string, string][]> {
  return withRedis(socket, async (redis) => {
    const keys = (await redis.keys('*')).sort();
    return Promise.all(keys.map(async (key): Promise<[string, string]> => [key, (await redis.dump(key)) ?? '']));
  });
}

function processId(info: string): string {
  return /process_id:(\d+)/.exec(info)?.[1] ?? '';
}
