import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runner } from '../../core/adapter.js';
import { describeError, JobbenchError } from '../../core/errors.js';
import { type Mood, openRedis, type RedisClient } from '../../servers/redisclient.js';
import type { Endpoint } from '../../servers/redisurl.js';
import { aborted } from '../../work/aborted.js';
import type { QueueKeys } from './keys.js';
import type { O } from './options.js';
import { scripts } from './scripts.js';
import { tapOf } from './tap.js';
import { upkeep } from './upkeep.js';
import { workLoop } from './workloop.js';

/** The server was there when the session connected, so a worker that starts while it is away waits for it. */
const PATIENCE_MS = 30_000;
const ASK_AGAIN_MS = 200;

/**
 * A worker for each queue, until the runner's signal aborts and what they had taken has ended.
 * @param closed the session is closed: nobody waits for jobs any more
 * @throws JobbenchError ENVIRONMENT when Redis refuses, or stops to answer meanwhile
 */
export async function serveLists(
  queues: readonly (readonly [QueueKeys, concurrency: number])[],
  runner: Runner,
  endpoint: Endpoint,
  o: O,
  closed: AbortSignal,
): Promise<void> {
  const opened: RedisClient[] = [];
  const workers: Worker[] = [];
  const disconnect = () => {
    for (const one of opened) one.close();
  };
  const client = async (mood: Mood) => {
    const one = await patiently(endpoint, mood, runner.signal);
    opened.push(one);
    return one;
  };
  try {
    const answering: Mood = { broken: 'waits', silenceMs: o.commandTimeout };
    const [consumer, news] = [await client(answering), await client(answering)];
    for (const [q, share] of queues) {
      const waiting = await client({ broken: 'waits' });
      workers.push(worker(q, share, runner, { consumer, waiting }, o));
    }
    closed.addEventListener('abort', disconnect);
    await served(workers, runner, consumer, news);
  } catch (error) {
    if (error instanceof JobbenchError) throw error;
    throw new JobbenchError('ENVIRONMENT', `a worker cannot go on with Redis: ${describeError(error)}`);
  } finally {
    closed.removeEventListener('abort', disconnect);
    for (const { kept } of workers) kept.close();
    disconnect();
  }
}

async function patiently(endpoint: Endpoint, mood: Mood, signal: AbortSignal): Promise<RedisClient> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await openRedis(endpoint, mood);
    } catch (error) {
      if (signal.aborted || performance.now() > until) throw error;
      await sleep(ASK_AGAIN_MS);
    }
  }
}

function worker(
  q: QueueKeys,
  concurrency: number,
  runner: Runner,
  clients: { readonly consumer: RedisClient; readonly waiting: RedisClient },
  o: O,
) {
  const id = randomBytes(9).toString('hex');
  const run = scripts(clients.consumer.redis);
  const tap = tapOf(clients.waiting, clients.consumer, q.waiting, q.takenBy + id, {
    reconnected: () => loop.doubt(),
    broken: (error) => loop.fail(error),
  });
  const loop = workLoop({ q, id, o, run, runner, concurrency, tap });
  loop.finished.catch(() => undefined); // awaited once all are set up
  return { q, loop, kept: upkeep(q, id, o, run, runner, loop) };
}
type Worker = ReturnType<typeof worker>;

async function served(
  workers: readonly Worker[],
  runner: Runner,
  consumer: RedisClient,
  news: RedisClient,
): Promise<void> {
  consumer.redis.on('ready', () => {
    for (const { loop } of workers) loop.doubt();
  });
  news.redis.on('message', (channel: string, at: string) => {
    for (const { q, kept } of workers) if (q.channel === channel) kept.announced(Number(at));
  });
  const over = Promise.all(workers.map(({ loop }) => loop.finished));
  over.catch(() => undefined); // awaited below, unless subscribing fails first
  await Promise.race([news.redis.subscribe(...workers.map(({ q }) => q.channel)), over]);
  await Promise.race([aborted(runner.signal), over]);
  for (const { loop } of workers) loop.stop();
  await consumer.whileAnswering(over, 'jobs were finishing');
}
