import { createRequire } from 'node:module';
import type { JobsOptions, Queue, Job as Taken, Worker } from 'bullmq';
import { z } from 'zod';
import type { Adapter, Address, Remedy, Runner, Session } from '../core/adapter.js';
import type { WallMs } from '../core/clock.js';
import { describeError, JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import type { Traits } from '../core/traits.js';
import { count, duration } from '../core/units.js';
import { PERSISTENCE } from '../servers/redis.js';
import { openRedis, type RedisClient, serverSettings } from '../servers/redisclient.js';
import { createPlace, destroyPlace, endpointOf, redisTrouble } from '../servers/redisplace.js';

const options = z.object({
  persistence: z.enum(PERSISTENCE).default('none').describe('What the private server writes to disk.'),
  lockDuration: duration({ min: 100 }).default(30_000).describe('A job is its worker’s for so long without renewal.'),
  stalledInterval: duration({ min: 100 }).default(30_000).describe('How often workers look for jobs of dead workers.'),
  maxStalledCount: count().default(1).describe('A job that loses its worker more often than this has failed.'),
  removeOnComplete: z.union([z.boolean(), z.stringbool()]).default(true).describe('Forget jobs that completed.'),
  drainDelay: duration({ min: 10 }).default(5000).describe('How long an idle worker blocks before it asks again.'),
  backoff: duration().default(0).describe('Wait before another attempt.'),
  commandTimeout: duration({ min: 100 }).default(10_000).describe('An enqueue without an answer gives up after this.'),
  queues: z
    .string()
    .regex(/^[^:,\s]+(,[^:,\s]+)*$/, 'names separated by commas, without ":"')
    .default('default')
    .describe('Queues that workers serve, a BullMQ queue each; they share the concurrency.'),
});
type Options = z.infer<typeof options>;

const traits: Traits = {
  topology: 'shared',
  executes: 'loop',
  delivery: 'at-least-once',
  durability: 'memory',
  schedules: true,
  priorities: true,
  retries: true,
  unique: true,
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
  traitsFor: (o) => ({ ...traits, durability: durability(o), recoveryMs: recoveryMs(o) }),
  notes: (o) =>
    o.persistence === 'aof'
      ? ['aof: what was accepted in the last second or two is lost if redis-server is killed while it flushes']
      : [],
  unavailable,
  create: (o, scratch) => createPlace(o.persistence, scratch),
  connect: open,
  destroy: destroyPlace,
} satisfies Adapter<Options>;

/**
 * rdb loses all since the last snapshot. aof (everysec) replies before it writes while a flush is under way, for up to
 * two seconds, so a killed server loses accepted jobs: docs/decisions/010-redis-durability.md has the measurement. Only
 * aof-always writes and flushes before each reply.
 */
function durability(o: Options): Traits['durability'] {
  return o.persistence === 'aof-always' ? 'power-loss' : 'memory';
}

/**
 * A job is requeued when two scans in a row find it without a lock. The scans of all workers exclude each other for one
 * interval, so after a worker's death the next may be two intervals away: docs/decisions/011-redis-recovery.md. A second is
 * for timers and round trips.
 */
function recoveryMs(o: Options): number {
  return Math.max(o.lockDuration + o.stalledInterval, 3 * o.stalledInterval) + 1000;
}

async function unavailable(o: Options): Promise<Remedy | undefined> {
  const require = createRequire(import.meta.url);
  try {
    for (const name of ['bullmq', 'ioredis']) require.resolve(name);
  } catch {
    return { reason: 'the packages bullmq and ioredis are not installed', remedy: 'npm install bullmq@6 ioredis@6' };
  }
  return redisTrouble(o.persistence);
}

async function open(address: Address, o: Options): Promise<Session> {
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
  let consumer: RedisClient | undefined;

  function queueOf(job: Job): Queue<Job> {
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
      throw refused(error, producer);
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
        throw refused(error, producer);
      }
    },
    async run(runner) {
      if (runner.signal.aborted) return;
      consumer ??= await openRedis(endpoint, { broken: 'waits' });
      const connection = consumer.redis;
      const workers = shares([...queues.keys()], runner.concurrency).map(([name, concurrency]) => {
        const settings = { connection, prefix, concurrency, ...workerSettings(o) };
        const perform = async (job: Taken<Job>) => runner.handle(job.data, job.attemptsMade + 1);
        return report(new bullmq.Worker<Job>(name, perform, settings), runner);
      });
      await aborted(runner.signal);
      // Without an answer BullMQ would wait for ever to tell what became of the jobs in flight.
      await consumer.whileAnswering(Promise.all(workers.map((worker) => worker.close())), 'jobs were finishing');
    },
    async depth() {
      const counts = await Promise.all([...queues.values()].map((queue) => queue.getJobCountByTypes(...UNSETTLED)));
      return counts.reduce((sum, n) => sum + n, 0);
    },
    effective: async () => ({ ...(await serverSettings(producer.redis)), server: String(address.server) }),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      producer.close();
      consumer?.close();
    },
  };
}

/** Nothing for a plain job, so that it is added as `Queue.add(name, data)` would. */
function optionsOf(job: Job, o: Options): JobsOptions | undefined {
  const { attempts = 1, priority, key } = job;
  if (attempts === 1 && priority === undefined && key === undefined) return undefined;
  return {
    ...(attempts > 1 ? { attempts } : {}),
    ...(attempts > 1 && o.backoff > 0 ? { backoff: { type: 'fixed', delay: o.backoff } } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(key === undefined ? {} : { deduplication: { id: key } }),
  };
}

/**
 * BullMQ promotes a job when the worker's `Date.now()`, whole milliseconds, reaches timestamp + delay. A fraction would
 * be compared as a fraction and let it out up to 1 ms early, so the due time is rounded up; and `timestamp` is given,
 * because BullMQ would read the clock once more.
 */
function delayUntil(at: WallMs): JobsOptions {
  const timestamp = Date.now();
  const delay = Math.ceil(at) - timestamp;
  return delay > 0 ? { timestamp, delay } : {};
}

function workerSettings(o: Options) {
  return {
    lockDuration: o.lockDuration,
    stalledInterval: o.stalledInterval,
    maxStalledCount: o.maxStalledCount,
    drainDelay: o.drainDelay / 1000,
    removeOnComplete: { count: o.removeOnComplete ? 0 : -1 },
  };
}

/** A BullMQ worker serves one queue, so several queues divide the concurrency. */
function shares(names: readonly string[], concurrency: number): [string, number][] {
  if (concurrency < names.length) {
    throw new JobbenchError(
      'USAGE',
      `redis.queues names ${names.length} queues, so the concurrency must be at least ${names.length}, not ${concurrency}`,
    );
  }
  return names.map((name, at) => [name, Math.floor((concurrency + names.length - 1 - at) / names.length)]);
}

/** Tells the harness of every outcome that Redis has accepted. */
function report(worker: Worker<Job>, runner: Runner): Worker<Job> {
  worker.on('error', heardElsewhere);
  worker.on('completed', (job) => runner.settled(job.data.index, 'completed'));
  worker.on('failed', (job) => {
    // Only a job that BullMQ gave up has a finish time.
    if (job !== undefined) runner.settled(job.data.index, job.finishedOn === undefined ? 'retrying' : 'failed');
  });
  return worker;
}

/** A client's error in one line. Without it as cause: it carries the job. */
function refused(error: unknown, client: RedisClient): JobbenchError {
  const why = client.lastError() ?? describeError(error); // what broke the connection says more than that it broke
  return new JobbenchError('ENVIRONMENT', `Redis did not accept the job: ${why}`);
}

/** Connection errors reach every listener; `RedisClient` keeps the last one. Without a listener they would be thrown. */
function heardElsewhere(): void {}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
