import { z } from 'zod';
import type { Adapter, Runner, Session } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { count, duration, size } from '../core/units.js';
import { JobList } from '../work/joblist.js';
import { threadPool } from '../work/threadpool.js';
import { tries } from '../work/tries.js';

const traits: Traits = {
  topology: 'embedded',
  executes: 'thread',
  delivery: 'at-most-once',
  durability: 'memory',
  schedules: true,
  priorities: true,
  retries: true,
  backoff: true,
  unique: true,
  fifo: true,
  bulk: true,
};

const traitsFor = (o: ThreadsOptions): Traits => ({ ...traits, maxPayloadBytes: o.maxPayload });

const options = z.object({
  threads: count({ min: 1, max: 256 })
    .optional()
    .describe('threads, each with one job at a time; without it as many as the jobs at once that are asked for'),
  ahead: duration({ max: 1000 })
    .default(1)
    .describe('work to send to a thread ahead of the job it runs, so that small jobs share a message; 0 = one by one'),
  heap: size({ min: 16 * 2 ** 20 })
    .optional()
    .describe("memory of each thread's heap; a job that needs more ends its thread, which is replaced"),
  maxPayload: size({ min: 1, max: 128 * 2 ** 20 })
    .default(16 * 2 ** 20)
    .describe('larger payloads are refused'),
});
type ThreadsOptions = z.infer<typeof options>;

/** What "in-process" means to users of Active Job's :async and of Litejob's threads. */
export default {
  summary: 'worker threads of the process that enqueues, fed from a list in its memory',
  traits,
  options,
  traitsFor,
  create: async () => ({}),
  connect: async (_address, chosen) => open(chosen),
} satisfies Adapter<ThreadsOptions>;

function open(chosen: ThreadsOptions): Session {
  const waiting = new JobList();
  let runner: Runner | undefined;
  let state: 'open' | 'closed' = 'open';
  const pool = threadPool({
    queue: waiting,
    aheadMs: chosen.ahead,
    heapBytes: chosen.heap,
    ended(job, how) {
      const outcome = book.ended(job, how);
      runner?.settled(job.index, outcome);
    },
  });
  const book = tries(put);
  const promised = traitsFor(chosen);

  function put(job: Job): void {
    waiting.add(job);
    pool.offer();
  }
  function accept(job: Job): void {
    if (state === 'closed') throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('threads', promised, job);
  }

  return {
    async enqueue(job) {
      accept(job);
      if (book.take(job)) put(job);
    },
    async enqueueAt(job, at) {
      accept(job);
      if (book.take(job)) book.putAt(job, at);
    },
    async enqueueMany(jobs) {
      for (const job of jobs) accept(job);
      for (const job of jobs) if (book.take(job)) put(job);
    },
    async run(next) {
      runner = next;
      await pool.run(next.host, Math.min(chosen.threads ?? next.concurrency, next.concurrency), next.signal);
    },
    ready: (withinMs) => pool.ready(withinMs),
    depth: async () => waiting.length + pool.held + book.size,
    effective: async () => ({ threads: pool.size, aheadMs: chosen.ahead }),
    async close() {
      state = 'closed';
      book.close();
      await pool.close();
    },
  };
}
