import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Remedy, Settings } from '../core/adapter.js';
import { describeError, JobbenchError } from '../core/errors.js';
import type { Endpoint } from './redisurl.js';
import { within } from './within.js';

/** An ioredis connection that prints nothing by itself. */
export interface RedisClient {
  readonly redis: Redis;
  /** What the connection last complained about, in words that are safe to print. */
  lastError(): string | undefined;
  /**
   * Waits as long as the server answers a PING now and then.
   * @throws JobbenchError TIMEOUT when it stops answering; the connection is closed then
   */
  whileAnswering<T>(promise: Promise<T>, what: string): Promise<T>;
  close(): void;
}

/**
 * - `fails`: commands reject at once when the connection breaks, and within `silenceMs` when nothing answers. None is
 *   sent twice, so that a job whose fate is unknown is not added again behind the caller's back.
 * - `waits`: commands wait for the connection to come back, as workers want it; with `silenceMs` one that does not answer
 *   is broken, and what was sent is sent again.
 */
export type Mood =
  | { readonly broken: 'fails'; readonly silenceMs: number }
  | { readonly broken: 'waits'; readonly silenceMs?: number };

/**
 * Connects, and logs in.
 * @throws JobbenchError ENVIRONMENT when the server does not answer within `deadlineMs` or refuses
 */
export async function openRedis(endpoint: Endpoint, mood: Mood, deadlineMs = 5000): Promise<RedisClient> {
  const { Redis } = await import('ioredis');
  let last: unknown;
  const redis = new Redis({
    ...endpoint.options,
    lazyConnect: true,
    connectTimeout: deadlineMs,
    retryStrategy: (times) => Math.min(50 * times, 1000),
    maxRetriesPerRequest: mood.broken === 'waits' ? null : 0,
  });
  redis.on('error', (error: Error) => {
    last = error;
  });
  redis.on('ready', () => {
    last = undefined;
  });
  // A failure before the deadline is told by the 'error' event, better than by the promise.
  const connected = redis.connect().then(
    () => true,
    () => false,
  );
  if ((await within(connected, deadlineMs)) !== true) {
    redis.disconnect();
    // No cause: client errors carry their command, and that of a login holds the password.
    const why = last === undefined ? `no answer in ${deadlineMs} ms` : describeError(last);
    throw new JobbenchError('ENVIRONMENT', `Redis at ${endpoint.label} cannot be used: ${why}`);
  }
  // BullMQ makes copies, one for each worker. A lazy copy whose first connection is cut is given up, and no job of that worker
  // can end any more; one that is not lazy connects again.
  redis.options.lazyConnect = false;
  let watch: NodeJS.Timeout | undefined;
  const { silenceMs } = mood;
  if (silenceMs !== undefined) {
    watch = watchSilence(redis, silenceMs, () => {
      last = new Error(`no answer in ${silenceMs} ms`);
    });
  }
  const lastError = () => (last === undefined ? undefined : describeError(last));
  return {
    redis,
    lastError,
    async whileAnswering(promise, what) {
      promise.catch(() => undefined); // its outcome is returned below, unless it comes after we gave up
      const done = promise.then((value) => ({ value }));
      for (;;) {
        const outcome = await within(done, 1000);
        if (outcome !== undefined) return outcome.value;
        const answer = redis.ping().catch(() => undefined); // a refusal counts as no answer
        if ((await within(answer, deadlineMs)) !== undefined) continue;
        redis.disconnect();
        const why = lastError() ?? 'it is silent';
        throw new JobbenchError('ENVIRONMENT', `Redis did not answer for ${deadlineMs} ms while ${what} (${why})`);
      }
    },
    close() {
      clearInterval(watch);
      redis.disconnect();
    },
  };
}

/**
 * Breaks a connection that is up but does not answer, which rejects what waits on it. One PING now and then does it:
 * ioredis' own `commandTimeout` sets a timer for each command, which made `Queue.add` about a sixth more expensive.
 */
function watchSilence(redis: Redis, silenceMs: number, broken: () => void): NodeJS.Timeout {
  const half = silenceMs / 2;
  const look = async () => {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    redis.ping().then(settle, settle);
    await sleep(half, undefined, { ref: false });
    // If it was our event loop that was busy, the answer is read now.
    await turn();
    if (settled || (redis.status !== 'ready' && redis.status !== 'connect')) return;
    broken();
    redis.stream.destroy(); // a polite end would wait for the other side
  };
  return setInterval(look, half).unref();
}

/** A client's error in one line. Without it as cause: it carries the job. */
export function notAccepted(error: unknown, client: RedisClient): JobbenchError {
  const why = client.lastError() ?? describeError(error); // what broke the connection says more than that it broke
  return new JobbenchError('ENVIRONMENT', `Redis did not accept the job: ${why}`);
}

/** Why a queue cannot be trusted on this server, if so. */
export async function unfit(redis: Redis): Promise<Remedy | undefined> {
  const info = await redis.info();
  const tooOld = oldVersion(field(info, 'redis_version'));
  if (tooOld !== undefined) return tooOld;
  const policy = field(info, 'maxmemory_policy') ?? (await setting(redis, 'maxmemory-policy'));
  if (policy === 'noeviction' || policy === 'unknown') return undefined;
  return {
    reason: `the server evicts keys (maxmemory-policy ${policy}), and a queue loses jobs when it does`,
    remedy: 'set maxmemory-policy noeviction on that server, or unset REDIS_URL to get a private one',
  };
}

/** BullMQ warns below 6.2, LMOVE came with it, and `set-proc-title`, by which our servers are recognised. */
export function oldVersion(version: string | undefined): Remedy | undefined {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version === undefined || Number.isNaN(major) || major > 6 || (major === 6 && minor >= 2)) return undefined;
  return { reason: `Redis ${version} is too old`, remedy: 'install Redis 6.2 or newer' };
}

/** What decides durability and speed, as the server has it; "unknown" where it does not tell, as hosted servers do. */
export async function serverSettings(redis: Redis): Promise<Settings> {
  const info = await redis.info('server').catch(() => ''); // forbidden to this user
  const settings: Record<string, string> = { redis: field(info, 'redis_version') ?? 'unknown' };
  for (const name of ['appendonly', 'appendfsync', 'save', 'maxmemory-policy']) {
    settings[name] = await setting(redis, name);
  }
  return settings;
}

/** Commands that the server has executed, whoever sent them; these looks are not counted. */
export function executedCommands(redis: Redis): () => Promise<number> {
  let looks = 0;
  return async () => Number(field(await redis.info('stats'), 'total_commands_processed')) - looks++;
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

async function setting(redis: Redis, name: string): Promise<string> {
  try {
    const answer: unknown = await redis.config('GET', name);
    return Array.isArray(answer) && answer.length > 1 ? String(answer[1]) : 'unknown';
  } catch {
    return 'unknown'; // forbidden or renamed
  }
}

/** Deletes the keys that begin with `prefix`, in small steps so that others on the server are not held up. */
export async function removeKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of scanned(redis, prefix)) if (keys.length > 0) await redis.unlink(...keys);
}

/** The keys that begin with `prefix`, found in small steps as well. */
export async function keysOf(redis: Redis, prefix: string): Promise<string[]> {
  const found = new Set<string>();
  for await (const keys of scanned(redis, prefix)) for (const key of keys) found.add(key);
  return [...found];
}

async function* scanned(redis: Redis, prefix: string): AsyncGenerator<string[]> {
  const pattern = `${prefix.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
    yield keys;
    cursor = next;
  } while (cursor !== '0');
}
