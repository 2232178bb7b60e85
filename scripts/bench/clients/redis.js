import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** BullMQ as its documentation uses it, with the settings of the adapter. */
export async function connect({ url, prefix }) {
  const redis = () => new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('default', { connection: redis(), prefix });
  await queue.waitUntilReady();
  return {
    enqueue: (job) => queue.add('job', job),
    enqueueMany: (jobs) => queue.addBulk(jobs.map((data) => ({ name: 'job', data }))),
    async run({ signal, concurrency, handle, settled }) {
      const options = { connection: redis(), prefix, concurrency, removeOnComplete: { count: 0 }, drainDelay: 5 };
      const worker = new Worker('default', async (job) => handle(job.data), options);
      worker.on('completed', () => settled());
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await worker.close();
    },
  };
}
