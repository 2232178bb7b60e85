import type { Job as Taken, Worker } from 'bullmq';
import type { Runner } from '../../core/adapter.js';
import type { Job } from '../../core/job.js';
import type { RedisClient } from '../../servers/redisclient.js';
import { aborted } from '../../work/aborted.js';
import type { O } from './options.js';

/**
 * A BullMQ worker for each queue, until the runner's signal aborts and what they had taken has ended.
 * @throws JobbenchError ENVIRONMENT when Redis stops to answer meanwhile
 */
export async function serve(
  queues: readonly (readonly [name: string, concurrency: number])[],
  runner: Runner,
  consumer: RedisClient,
  prefix: string,
  o: O,
): Promise<void> {
  const bullmq = await import('bullmq');
  const connection = consumer.redis;
  const workers = queues.map(([name, concurrency]) => {
    const settings = { connection, prefix, concurrency, ...workerSettings(o) };
    const perform = async (job: Taken<Job>) => runner.handle(job.data, job.attemptsMade + 1);
    return report(new bullmq.Worker<Job>(name, perform, settings), runner);
  });
  await aborted(runner.signal);
  // Without an answer BullMQ would wait for ever to tell what became of the jobs in flight.
  await consumer.whileAnswering(Promise.all(workers.map((worker) => worker.close())), 'jobs were finishing');
}

function workerSettings(o: O) {
  return {
    lockDuration: o.lockDuration,
    stalledInterval: o.stalledInterval,
    maxStalledCount: o.maxStalledCount,
    drainDelay: o.drainDelay / 1000,
    removeOnComplete: { count: o.removeOnComplete ? 0 : -1 },
  };
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

/** Connection errors reach every listener; `RedisClient` keeps the last one. Without a listener they would be thrown. */
export function heardElsewhere(): void {}
