import type { Adapter, Address, Remedy, Session } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { notInstalled } from '../servers/packages.js';
import { executedCommands, notAccepted, openRedis, serverSettings } from '../servers/redisclient.js';
import { durability, durabilityNotes } from '../servers/redisdurability.js';
import { createPlace, destroyPlace, endpointOf, harmsOf, redisTrouble } from '../servers/redisplace.js';
import { shares } from '../work/shares.js';
import { entries } from './redis-list/entry.js';
import { keysOf, type QueueKeys } from './redis-list/keys.js';
import { type O, options } from './redis-list/options.js';
import { pushes } from './redis-list/pushes.js';
import { scripts } from './redis-list/scripts.js';
import { serveLists } from './redis-list/serve.js';

const traits: Traits = {
  topology: 'shared',
  executes: 'loop',
  delivery: 'at-least-once',
  durability: 'memory',
  schedules: true,
  priorities: false,
  retries: true,
  backoff: true,
  unique: false,
  fifo: true,
  bulk: true,
};

/** A timer of the worker that looks, round trips, and the moment when a worker that waits is told. */
const SLACK_MS = 1000;

/**
 * What Redis itself costs: plain lists, after the fetch of Sidekiq Pro (super_fetch) and the reliable queue of the Redis
 * manual. A worker moves a job to a list of its own (LMOVE) and deletes it there when it is done (LREM); the list of a
 * worker that died is given out again by the others.
 */
export default {
  summary:
    'lists in Redis: LMOVE to a list per worker, which others take over when it dies (after Sidekiq super_fetch)',
  traits,
  packages: ['ioredis'],
  byDefault: false,
  options,
  traitsFor,
  notes: (o) => durabilityNotes(o.persistence),
  unavailable: async (o, allowed): Promise<Remedy | undefined> =>
    notInstalled(['ioredis']) ?? redisTrouble(o.persistence, allowed),
  create: (o, scratch) => createPlace(o.persistence, scratch),
  connect: open,
  destroy: destroyPlace,
  harms: harmsOf,
} satisfies Adapter<O>;

function traitsFor(o: O): Traits {
  const recoveryMs = o.lease + o.reapInterval + SLACK_MS;
  return { ...traits, durability: durability(o.persistence), recoveryMs, maxPayloadBytes: o.maxPayload };
}

async function open(address: Address, o: O): Promise<Session> {
  const endpoint = endpointOf(address);
  const producer = await openRedis(endpoint, { broken: 'fails', silenceMs: o.commandTimeout });
  const run = scripts(producer.redis);
  const names = o.queues.split(',');
  const queues = new Map(names.map((name) => [name, queueAt(name)]));
  const entryOf = entries();
  const promised = traitsFor(o);
  const executed = executedCommands(producer.redis);
  const closing = new AbortController();

  function queueAt(name: string): { readonly keys: QueueKeys; readonly push: ReturnType<typeof pushes> } {
    const keys = keysOf(String(address.prefix), name);
    return { keys, push: pushes(producer.redis, keys.waiting, o.groupPush) };
  }
  function queueOf(job: Job) {
    if (closing.signal.aborted) throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('redis-list', promised, job);
    const queue = queues.get(job.queue);
    if (queue !== undefined) return queue;
    throw new JobbenchError(
      'USAGE',
      `no worker would serve queue "${job.queue}"; name it in --set redis-list.queues=${o.queues},${job.queue}`,
    );
  }
  async function accepted(answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
    } catch (error) {
      throw notAccepted(error, producer);
    }
  }
  async function sum(of: (keys: QueueKeys) => Promise<number>): Promise<number> {
    const counts = await Promise.all([...queues.values()].map(({ keys }) => of(keys)));
    return counts.reduce((total, n) => total + n, 0);
  }

  return {
    enqueue: async (job) => accepted(queueOf(job).push([entryOf(job)])),
    async enqueueAt(job, at) {
      const { keys, push } = queueOf(job);
      const due = Math.ceil(at);
      // A due time that has come needs no look at the clock any more.
      await accepted(due <= Date.now() ? push([entryOf(job)]) : run.later(keys, due, entryOf(job)));
    },
    async enqueueMany(jobs) {
      const batches = new Map<ReturnType<typeof queueOf>, string[]>();
      for (const job of jobs) {
        const queue = queueOf(job);
        const batch = batches.get(queue) ?? [];
        batches.set(queue, batch);
        batch.push(entryOf(job));
      }
      await accepted(Promise.all([...batches].map(([queue, batch]) => queue.push(batch))));
    },
    async run(runner) {
      if (runner.signal.aborted) return;
      const served = shares(names, runner.concurrency, 'redis-list').map(
        ([name, concurrency]) => [keysOf(String(address.prefix), name), concurrency] as const,
      );
      await serveLists(served, runner, endpoint, o, closing.signal);
    },
    dead: () => sum((keys) => producer.redis.llen(keys.dead)),
    depth: () => sum((keys) => run.depth(keys)),
    // On a server of others their commands would count as well.
    queries: async () => (address.server === 'private' ? { count: await executed(), by: 'everybody' } : undefined),
    effective: async () => ({ ...(await serverSettings(producer.redis)), server: String(address.server) }),
    async close() {
      closing.abort();
      producer.close();
    },
  };
}
