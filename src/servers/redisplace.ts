import type { Address, Harms, Remedy, Scratch } from '../core/adapter.js';
import { describeError, JobbenchError } from '../core/errors.js';
import {
  findRedis,
  installHint,
  type Persistence,
  redisPid,
  restartRedis,
  startRedis,
  stopRedis,
  tellRedis,
} from './redis.js';
import { keysOf, oldVersion, openRedis, type RedisClient, removeKeys, unfit } from './redisclient.js';
import { type Endpoint, parseRedisUrl } from './redisurl.js';

/**
 * Where the Redis of a trial is: on the server that REDIS_URL names, under a prefix of our own, or on a private server.
 * The URL is read here and nowhere else, because options are recorded in results and an address is not.
 */

/** How much a server that is to be full still takes. */
const ROOM_BYTES = 300_000;

/** Why there is no Redis to use here, without changing anything. Takes a few seconds at most. */
export async function redisTrouble(
  persistence: Persistence,
  allowed: { readonly allowRemote: boolean } | undefined,
): Promise<Remedy | undefined> {
  const url = process.env.REDIS_URL;
  if (url) return urlTrouble(url, persistence, allowed);
  const version = await findRedis();
  if (version !== undefined) return oldVersion(version);
  return { reason: 'redis-server is not on PATH', remedy: `${installHint()}, or set REDIS_URL to a running server` };
}

/** An empty place for queues. @throws JobbenchError USAGE, ENVIRONMENT or TIMEOUT */
export async function createPlace(persistence: Persistence, scratch: Scratch): Promise<Address> {
  const url = process.env.REDIS_URL;
  if (!url) {
    const server = await startRedis(scratch.dir, persistence);
    return { server: 'private', url: server.socket, prefix: scratch.name };
  }
  const endpoint = parseRedisUrl(url);
  if (!endpoint.local && !scratch.allowRemote) {
    const { reason, remedy } = notAllowed(endpoint);
    throw new JobbenchError('ENVIRONMENT', `${reason}; ${remedy}`);
  }
  const trouble = await urlTrouble(url, persistence, { allowRemote: true });
  if (trouble !== undefined) throw new JobbenchError('ENVIRONMENT', `${trouble.reason}; ${trouble.remedy}`);
  // Not the URL: an address is written to files, and a password must not be. Every process of a run has the variable.
  return { server: endpoint.local ? 'loopback' : 'remote', prefix: scratch.name };
}

/** Stops the private server, or deletes from the other one what this place's prefix names, and nothing else. */
export async function destroyPlace(address: Address): Promise<void> {
  if (address.server === 'private') return stopRedis(String(address.url));
  await withClient(endpointOf(address), 5000, ({ redis }) => removeKeys(redis, `${address.prefix}:`));
}

/** What may be done to a private server. The one of REDIS_URL is only looked at, after us: others use it. */
export function harmsOf(address: Address): Harms {
  const prefix = `${address.prefix}:`;
  if (address.server !== 'private') {
    return { leftovers: () => withClient(endpointOf(address), 5000, ({ redis }) => keysOf(redis, prefix)) };
  }
  const socket = String(address.url);
  return {
    server: {
      socket,
      pid: () => redisPid(socket),
      restart: () => restartRedis(socket),
      through: (port) => ({ ...address, url: `redis://127.0.0.1:${port}` }),
    },
    async fill() {
      const used = Number(/used_memory:(\d+)/.exec(await tellRedis(socket, 'INFO memory'))?.[1] ?? 0);
      await tellRedis(socket, `CONFIG SET maxmemory ${used + ROOM_BYTES}`);
      return { address, heal: async () => void (await tellRedis(socket, 'CONFIG SET maxmemory 0')) };
    },
    async spoil() {
      await tellRedis(socket, 'CONFIG SET maxmemory-policy allkeys-lru');
      return urlTrouble(socket, 'none', { allowRemote: false });
    },
    strays: () =>
      withClient(parseRedisUrl(socket), 5000, async ({ redis }) =>
        (await keysOf(redis, '')).filter((key) => !key.startsWith(prefix)),
      ),
  };
}

export function endpointOf(address: Address): Endpoint {
  return parseRedisUrl(String(address.url ?? process.env.REDIS_URL));
}

/**
 * @param allowed whether another host may be used; unknown where only this machine is looked at. Before the user has
 * allowed it nothing may be sent to one, a password least of all
 */
async function urlTrouble(
  url: string,
  persistence: Persistence,
  allowed: { readonly allowRemote: boolean } | undefined,
): Promise<Remedy | undefined> {
  if (persistence !== 'none') {
    const reason = `persistence=${persistence} is a setting of the private server, and REDIS_URL is set`;
    return { reason, remedy: 'unset REDIS_URL, or leave persistence out' };
  }
  try {
    const endpoint = parseRedisUrl(url);
    if (!endpoint.local && allowed === undefined) return undefined;
    if (!endpoint.local && !allowed?.allowRemote) return notAllowed(endpoint);
    return await withClient(endpoint, 3000, ({ redis }) => unfit(redis));
  } catch (error) {
    const remedy = 'start that server, correct REDIS_URL, or unset it to get a private server';
    return { reason: describeError(error), remedy };
  }
}

function notAllowed({ label }: Endpoint): Remedy {
  return {
    reason: `REDIS_URL leads to ${label}, which is not this machine`,
    remedy: 'add --allow-remote if that is meant',
  };
}

async function withClient<T>(endpoint: Endpoint, ms: number, use: (client: RedisClient) => Promise<T>): Promise<T> {
  const client = await openRedis(endpoint, { broken: 'fails', silenceMs: ms }, ms);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
