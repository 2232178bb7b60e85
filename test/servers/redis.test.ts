import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startProxy } from '../../src/servers/proxy.js';
import { findRedis, startRedis, stopRedis } from '../../src/servers/redis.js';
import { oldVersion, openRedis, removeKeys, unfit } from '../../src/servers/redisclient.js';
import { parseRedisUrl } from '../../src/servers/redisurl.js';
import { describeWithRedis } from './redisneeded.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jb-redis-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

describe('REDIS_URL', () => {
  test.each([
    ['redis://localhost', 'localhost:6379', true],
    ['redis://127.8.9.1:7000/3', '127.8.9.1:7000', true],
    ['redis://:s3cret@[::1]:6380', '[::1]:6380', true],
    ['/run/redis.sock', '/run/redis.sock', true],
    ['unix:///run/my%20redis.sock', '/run/my redis.sock', true],
    ['rediss://user:s3cret@cache.example.com:6390/1', 'cache.example.com:6390', false],
    ['redis://127.0.0.1.example.com', '127.0.0.1.example.com:6379', false],
    ['redis://10.0.0.1', '10.0.0.1:6379', false],
  ])('%s is %s, local: %s', (url, label, local) => {
    expect(parseRedisUrl(url)).toMatchObject({ label, local });
  });

  test('user, password and database are decoded for the client', () => {
    const { options } = parseRedisUrl('rediss://me:p%40ss%2Fword@h:1/2');
    expect(options).toEqual({ host: 'h', port: 1, username: 'me', password: 'p@ss/word', db: 2, tls: {} });
  });

  test.each([
    's3cret',
    'redis://:s3cret@h/0?host=other',
    'http://:s3cret@h',
    'redis://:s3cret%zz@h',
    'redis://:s3cret@h/nodb',
    'redis://:s3cret@h:99999',
  ])('%s is refused without repeating it', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/REDIS_URL.*redis:\/\/127\.0\.0\.1/);
    expect(() => parseRedisUrl(url)).not.toThrow(/s3cret/);
  });
});

test('versions below 6.2 are too old', () => {
  expect(['5.0.14', '6.0.16'].map((v) => oldVersion(v)?.remedy)).toEqual(Array(2).fill('install Redis 6.2 or newer'));
  expect(['6.2.0', '7.0.15', '8.2.1', 'unknown'].map(oldVersion)).toEqual(Array(4).fill(undefined));
});

test('without redis-server on PATH there is none', async () => {
  vi.stubEnv('PATH', dir);
  expect(await findRedis()).toBeUndefined();
  await expect(startRedis(dir, 'none')).rejects.toMatchObject({ code: 'ENVIRONMENT' });
  expect(existsSync(join(dir, 'redis'))).toBe(false);
});

test.each([
  ['', 0, 'tests of Redis are skipped'],
  ['sqlite,redis', 1, 'JOBBENCH_REQUIRE names redis'],
  ['', 0, 'tests of what is flushed are skipped'],
  ['strace', 1, 'JOBBENCH_REQUIRE names strace'],
])('the script before the tests says how to install it (JOBBENCH_REQUIRE=%j: exit %i)', (demanded, status, said) => {
  const env = { PATH: dir, JOBBENCH_REQUIRE: demanded };
  const ran = spawnSync(process.execPath, ['scripts/servers.js'], { env, encoding: 'utf8' });
  expect(ran).toMatchObject({ status, stderr: '' });
  expect(ran.stdout).toContain(said);
  expect(ran.stdout).toMatch(/install/);
});

test('a server that ends at once is reported with the end of its log', async () => {
  writeFileSync(join(dir, 'redis-server'), '#!/bin/sh\necho "cannot bind"\nexit 3\n', { mode: 0o755 });
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env.PATH}`);
  await expect(startRedis(dir, 'none')).rejects.toThrow(/exit code 3.*cannot bind/);
});

test('a server that never answers is stopped at the deadline', async () => {
  writeFileSync(join(dir, 'redis-server'), `#!/bin/sh\necho $$ > ${dir}/pid\ntrap "" TERM\nexec sleep 60\n`, {
    mode: 0o755,
  });
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env.PATH}`);
  await expect(startRedis(dir, 'none', 300)).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(alive(Number(readFileSync(join(dir, 'pid'), 'utf8')))).toBe(false);
}, 15_000);

test('a path that is too long for a socket is refused with the remedy', async () => {
  const long = join(dir, 'x'.repeat(100));
  await expect(startRedis(long, 'none')).rejects.toThrow(/bytes.*TMPDIR/);
  expect(existsSync(long)).toBe(false);
});

test('a server that accepts and says nothing is given up', async () => {
  const silent = createServer().listen(join(dir, 's'));
  try {
    const opening = openRedis(parseRedisUrl(join(dir, 's')), { broken: 'fails', silenceMs: 5000 }, 200);
    await expect(opening).rejects.toThrow(/no answer in 200 ms/);
  } finally {
    silent.close();
  }
});

describeWithRedis('a private server', () => {
  test('answers on its socket only, and can be recognised by its command line', async () => {
    const { socket, pid } = await startRedis(dir, 'none');
    const { redis, close } = await openRedis(parseRedisUrl(socket), { broken: 'fails', silenceMs: 5000 });
    expect(await redis.config('GET', 'port')).toEqual(['port', '0']);
    expect(execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })).toContain(dir);
    close();
    await stopRedis(socket);
  });

  test('is gone with its socket, process and folder after it is stopped, and stopping twice is harmless', async () => {
    const { socket, pid } = await startRedis(dir, 'aof');
    await stopRedis(socket);
    await stopRedis(socket);
    expect(alive(pid)).toBe(false);
    expect(existsSync(join(dir, 'redis'))).toBe(false);
  });

  test('is stopped even if it is frozen', async () => {
    const { socket, pid } = await startRedis(dir, 'none');
    process.kill(pid, 'SIGSTOP');
    await stopRedis(socket);
    expect(alive(pid)).toBe(false);
  }, 15_000);

  test('can be stopped after it was killed', async () => {
    const { socket, pid } = await startRedis(dir, 'none');
    process.kill(pid, 'SIGKILL');
    await stopRedis(socket);
    expect(existsSync(join(dir, 'redis'))).toBe(false);
  });

  test.each([
    ['none', 'no', ''],
    ['rdb', 'no', '3600 1 300 100 60 10000'],
    ['aof', 'yes', ''],
    ['aof-always', 'yes', ''],
  ] as const)('persistence %s: appendonly %s, save "%s"', async (persistence, appendonly, save) => {
    const { socket } = await startRedis(dir, persistence);
    const { redis, close } = await openRedis(parseRedisUrl(socket), { broken: 'fails', silenceMs: 5000 });
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', appendonly]);
    expect(await redis.config('GET', 'save')).toEqual(['save', save]);
    expect(await redis.config('GET', 'appendfsync')).toEqual([
      'appendfsync',
      persistence === 'aof-always' ? 'always' : 'everysec',
    ]);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    close();
    await stopRedis(socket);
  });

  test('is found again by a copy of a connection, even one that is cut before it is up', async () => {
    const { socket } = await startRedis(dir, 'none');
    await using proxy = await startProxy(socket);
    const { redis, close } = await openRedis(parseRedisUrl(`redis://127.0.0.1:${proxy.port}`), { broken: 'waits' });
    proxy.become('reset');
    const copy = redis.duplicate();
    copy.on('error', () => undefined); // that it was cut is what is wanted
    await new Promise((resolve) => copy.once('close', resolve)); // `once` of node:events would throw its errors
    proxy.become('pass');
    await new Promise((resolve) => copy.once('ready', resolve));
    copy.disconnect();
    close();
    await stopRedis(socket);
  }, 15_000);

  test('is unfit for BullMQ when it evicts keys', async () => {
    const { socket } = await startRedis(dir, 'none');
    const { redis, close } = await openRedis(parseRedisUrl(socket), { broken: 'fails', silenceMs: 5000 });
    expect(await unfit(redis)).toBeUndefined();
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await unfit(redis)).toMatchObject({ remedy: expect.stringContaining('noeviction') });
    close();
    await stopRedis(socket);
  });

  test('loses the keys of a prefix and no others', async () => {
    const { socket } = await startRedis(dir, 'none');
    const { redis, close } = await openRedis(parseRedisUrl(socket), { broken: 'fails', silenceMs: 5000 });
    const kept = ['a:10:x', 'a:1', 'b', 'a:[1]'];
    await redis.mset(...[...kept, 'a:1:x', 'a:1:y'].flatMap((key) => [key, '1']));
    await removeKeys(redis, 'a:1:');
    expect((await redis.keys('*')).sort()).toEqual([...kept].sort());
    await removeKeys(redis, 'a:[1');
    expect((await redis.keys('*')).sort()).toEqual(kept.filter((key) => key !== 'a:[1]').sort());
    close();
    await stopRedis(socket);
  });

  test('refuses a wrong password without repeating it', async () => {
    const { socket } = await startRedis(dir, 'none');
    const { redis, close } = await openRedis(parseRedisUrl(socket), { broken: 'fails', silenceMs: 5000 });
    await redis.config('SET', 'requirepass', 'right');
    const wrong = { label: 'there', local: true, options: { path: socket, password: 's3cret' } };
    const mood = { broken: 'fails', silenceMs: 5000 } as const;
    const error = await openRedis(wrong, mood).catch((e: unknown) => e);
    expect(String(error)).toMatch(/WRONGPASS/);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toContain('s3cret');
    await expect(openRedis(parseRedisUrl(socket), mood)).rejects.toThrow(/NOAUTH/);
    close();
    await stopRedis(socket);
  });

  test('listens no more once stopped', async () => {
    const { socket } = await startRedis(dir, 'none');
    await stopRedis(socket);
    const refused = await new Promise((resolve) => connect(socket).once('error', () => resolve(true)));
    expect(refused).toBe(true);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
