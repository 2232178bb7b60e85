import BeeQueue from 'bee-queue';

/** bee-queue with what its README says is fastest: no events between processes, no jobs kept in memory, none kept in Redis. */
const SETTINGS = {
  getEvents: false,
  sendEvents: false,
  storeJobs: false,
  removeOnSuccess: true,
  removeOnFailure: true,
};

export async function connect({ url, prefix }) {
  const queue = new BeeQueue('bench', { redis: { path: url }, prefix, ...SETTINGS });
  await queue.ready();
  return {
    enqueue: (job) => queue.createJob(job).save(),
    async enqueueMany(jobs) {
      const refused = await queue.saveAll(jobs.map((job) => queue.createJob(job)));
      for (const error of refused.values()) throw error;
    },
    async run({ signal, concurrency, handle, settled }) {
      queue.process(concurrency, async (job) => handle(job.data));
      queue.on('succeeded', () => settled());
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await queue.close(3000);
    },
  };
}
