import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { newPlace, type Place, SOON_MS, until } from './place.js';

/** A Redis of somebody else: with a password, and with keys that are none of ours. */
export interface ForeignRedis extends AsyncDisposable {
  readonly url: string;
  count(): Promise<number>;
  /** Every key with its serialised value and its time to live. */
  keys(): Promise<Record<string, string>>;
}

/** Begun by the test on a free port of this machine, in a folder of its own. */
export async function foreignRedis(dir: string, password: string, keys: number): Promise<ForeignRedis> {
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', password, '--save', '', '--dir', dir],
    { stdio: 'ignore' },
  );
  const redis = new Redis({ port, host: '127.0.0.1', password, lazyConnect: true, maxRetriesPerRequest: null });
  redis.on('error', () => undefined); // it is not there at once; `until` has the deadline
  let up = false;
  redis.on('ready', () => {
    up = true;
  });
  redis.connect().catch(() => undefined);
  await until(() => up, SOON_MS, 'the foreign Redis to answer');
  await fill(redis, keys);
  return {
    url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}/0`,
    count: () => redis.dbsize(),
    keys: () => snapshot(redis),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await end(server);
    },
  };
}

async function fill(redis: Redis, keys: number): Promise<void> {
  const names = ['app:user:', 'bull:default:', 'jobbench:', 'jobbench:mine:t0:default:', 'queue-*[x]?:'];
  const batch = redis.pipeline();
  for (let i = 0; i < keys; i++) {
    const key = `${names[i % names.length]}${i}`;
    if (i % 6 === 0) batch.set(key, `value ${i}`, 'EX', 86_400);
    else if (i % 6 === 1) batch.hset(key, { id: i, data: '{}' });
    else if (i % 6 === 2) batch.rpush(key, 'a', 'b', String(i));
    else if (i % 6 === 3) batch.zadd(key, i, 'member');
    else if (i % 6 === 4) batch.sadd(key, String(i));
    else batch.xadd(key, '1-1', 'field', String(i));
  }
  await batch.exec();
}

async function snapshot(redis: Redis): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of (await redis.keys('*')).sort()) {
    const dump = await redis.dumpBuffer(key);
    found[key] = `${dump?.toString('hex')} ${await redis.call('PEXPIRETIME', key)}`;
  }
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function end(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once('exit', () => resolve());
    server.kill('SIGKILL');
  });
}

/** Kills a run after so many ms, as nobody can prepare for, and waits until nothing of it is left but its journal. */
export async function killedAfter(
  ms: number,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<{ readonly files: readonly string[]; readonly tidyMs: number }> {
  await using place: Place = newPlace();
  const running = place.start([...args, '--out', 'r.json'], { env });
  const begun = performance.now();
  const over = running.ended.then(
    () => true,
    () => true,
  );
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, ms))]);
  running.child.kill('SIGKILL');
  await over;
  const killed = performance.now();
  const left = () => [...place.processes().map(({ command }) => command), ...place.scratch()];
  await until(
    () => left().length === 0,
    limitMs,
    () => `everything to be gone that was there ${Math.round(killed - begun)} ms after the start; there is ${left()}`,
  );
  return { files: place.files(), tidyMs: performance.now() - killed };
}

/** Another program's files in the working directory of a run, and whether anything of them changed. */
export function configFile(place: Place, content: unknown): string {
  place.write('jobbench.config.json', typeof content === 'string' ? content : JSON.stringify(content));
  return join(place.cwd, 'jobbench.config.json');
}
