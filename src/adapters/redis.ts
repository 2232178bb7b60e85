import type { JobsOptions, Queue } from 'bullmq';
import type { Adapter, Address, Remedy, Session } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { notInstalled } from '../servers/packages.js';
import { executedCommands, notAccepted, openRedis, type RedisClient, serverSettings } from '../servers/redisclient.js';
import { durability, durabilityNotes } from '../servers/redisdurability.js';
import { createPlace, destroyPlace, endpointOf, harmsOf, redisTrouble } from '../servers/redisplace.js';
import { shares } from '../work/shares.js';
import { delayUntil, optionsOf } from './redis/joboptions.js';
import { type O, options, recoveryMs } from './redis/options.js';
import { heardElsewhere, serve } from './redis/workers.js';

const traits: Traits = {
  topology: 'shared',
  executes: 'loop',
  delivery: 'at-least-once',
  durability: 'memory',
  schedules: true,
  priorities: true,
  retries: true,
  backoff: true,
  unique: true,
  fifo: true,
  bulk: true,
  recoveryMs: 91_000,
};

/** BullMQ wants a name for each job; nothing depends on it. */
const NAME = 'job';
const UNSETTLED = ['waiting', 'active', 'delayed', 'prioritized'] as const;

/** BullMQ on ioredis, on the server of REDIS_URL or on a private one. */
export default {
  summary: 'BullMQ on Redis: REDIS_URL, or a private redis-server that is started and stopped for each trial',
  traits,
  packages: ['bullmq', 'ioredis'],
  options,
  traitsFor,
  notes: (o) => durabilityNotes(o.persistence),
  unavailable,
  create: (o, scratch) => createPlace(o.persistence, scratch),
  connect: open,
  destroy: destroyPlace,
  harms: harmsOf,
} satisfies Adapter<O>;

function traitsFor(o: O): Traits {
  return { ...traits, durability: durability(o.persistence), recoveryMs: recoveryMs(o), maxPayloadBytes: o.maxPayload };
}

async function unavailable(o: O, allowed?: { readonly allowRemote: boolean }): Promise<Remedy | undefined> {
  return notInstalled(['bullmq', 'ioredis']) ?? redisTrouble(o.persistence, allowed);
}

async function open(address: Address, o: O): Promise<Session> {
  const bullmq = await import('bullmq');
  const endpoint = endpointOf(address);
  const prefix = String(address.prefix);
  const producer = await openRedis(endpoint, { broken: 'fails', silenceMs: o.commandTimeout });
  const queues = new Map<string, Queue<Job>>();
  for (const name of o.queues.split(',')) {
    const queue = new bullmq.Queue<Job>(name, { connection: producer.redis, prefix });
    queue.on('error', heardElsewhere);
    queues.set(name, queue);
  }
  await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));
  const promised = traitsFor(o);
  const executed = executedCommands(producer.redis);
  let consumer: RedisClient | undefined;
  let state: 'open' | 'closed' = 'open';

  function queueOf(job: Job): Queue<Job> {
    if (state === 'closed') throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('redis', promised, job);
    const queue = queues.get(job.queue);
    if (queue !== undefined) return queue;
    throw new JobbenchError(
      'USAGE',
      `no worker would serve queue "${job.queue}"; name it in --set redis.queues=${o.queues},${job.queue}`,
    );
  }

  async function add(job: Job, jobOptions: JobsOptions | undefined): Promise<void> {
    const queue = queueOf(job);
    try {
      await queue.add(NAME, job, jobOptions);
    } catch (error) {
      throw notAccepted(error, producer);
    }
  }

  return {
    enqueue: (job) => add(job, optionsOf(job, o)),
    enqueueAt: (job, at) => add(job, { ...optionsOf(job, o), ...delayUntil(at) }),
    async enqueueMany(jobs) {
      const batches = new Map<Queue<Job>, Parameters<Queue<Job>['addBulk']>[0]>();
      for (const job of jobs) {
        const queue = queueOf(job);
        const batch = batches.get(queue) ?? [];
        batches.set(queue, batch);
        batch.push({ name: NAME, data: job, opts: optionsOf(job, o) ?? {} });
      }
      try {
        for (const [queue, batch] of batches) await queue.addBulk(batch);
      } catch (error) {
        throw notAccepted(error, producer);
      }
    },
    async run(runner) {
      if (runner.signal.aborted) return;
      consumer ??= await openRedis(endpoint, { broken: 'waits' });
      await serve(shares([...queues.keys()], runner.concurrency, 'redis'), runner, consumer, prefix, o);
    },
    async dead() {
      const counts = await Promise.all([...queues.values()].map((queue) => queue.getFailedCount()));
      return counts.reduce((sum, n) => sum + n, 0);
    },
    async depth() {
      const counts = await Promise.all([...queues.values()].map((queue) => queue.getJobCountByTypes(...UNSETTLED)));
      return counts.reduce((sum, n) => sum + n, 0);
    },
    // On a server of others their commands would count as well.
    queries: async () => (address.server === 'private' ? { count: await executed(), by: 'everybody' } : undefined),
    effective: async () => ({ ...(await serverSettings(producer.redis)), server: String(address.server) }),
    async close() {
      state = 'closed';
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      producer.close();
      consumer?.close();
    },
  };
}
