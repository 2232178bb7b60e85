import { Redis } from 'ioredis';

/** Bare lists: LPUSH a job, RPOP 100 at a time. No job is repeated or kept: what Redis and its client cost at the least. */
const BATCH = 100;

export async function connect({ url, prefix }) {
  const redis = new Redis(url);
  const consumer = new Redis(url);
  const key = `${prefix}:list`;
  return {
    enqueue: (job) => redis.lpush(key, JSON.stringify(job)),
    enqueueMany: (jobs) => redis.lpush(key, ...jobs.map((job) => JSON.stringify(job))),
    async run({ signal, handle, settled }) {
      while (!signal.aborted) {
        const got = await consumer.rpop(key, BATCH);
        for (const text of got ?? []) {
          handle(JSON.parse(text));
          settled();
        }
      }
    },
  };
}
