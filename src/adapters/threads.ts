import { z } from 'zod';
import type { Adapter, Runner, Session } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { count, duration, size } from '../core/units.js';
import { DueHeap } from '../work/dueheap.js';
import { type JobQueue, threadPool } from '../work/threadpool.js';

const traits: Traits = {
  topology: 'embedded',
  executes: 'thread',
  delivery: 'at-most-once',
  durability: 'memory',
  schedules: true,
  priorities: false,
  retries: false,
  unique: false,
  bulk: true,
};

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
});
type ThreadsOptions = z.infer<typeof options>;

/** What "in-process" means to users of Active Job's :async and of Litejob's threads. */
export default {
  summary: 'worker threads of the process that enqueues, fed from a list in its memory',
  traits,
  options,
  create: async () => ({}),
  connect: async (_address, chosen) => open(chosen),
} satisfies Adapter<ThreadsOptions>;

function open(chosen: ThreadsOptions): Session {
  const waiting = jobList();
  let runner: Runner | undefined;
  let state: 'open' | 'closed' = 'open';
  const pool = threadPool({
    queue: waiting,
    aheadMs: chosen.ahead,
    heapBytes: chosen.heap,
    ended: (job, outcome) => runner?.settled(job.index, outcome),
  });
  const later = new DueHeap<Job>(put);

  function put(job: Job): void {
    waiting.add(job);
    pool.offer();
  }
  function accept(job: Job): void {
    if (state === 'closed') throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('threads', traits, job);
  }

  return {
    async enqueue(job) {
      accept(job);
      put(job);
    },
    async enqueueAt(job, at) {
      accept(job);
      later.push(job, at);
    },
    async enqueueMany(jobs) {
      for (const job of jobs) accept(job);
      for (const job of jobs) put(job);
    },
    async run(next) {
      runner = next;
      await pool.run(next.host, Math.min(chosen.threads ?? next.concurrency, next.concurrency), next.signal);
    },
    depth: async () => waiting.length + pool.held + later.size,
    effective: async () => ({ threads: pool.size, aheadMs: chosen.ahead }),
    async close() {
      state = 'closed';
      later.close();
      await pool.close();
    },
  };
}

/** First in, first out, but what was put back goes first. */
function jobList(): JobQueue & { add(job: Job): void } {
  let jobs: Job[] = [];
  let head = 0;
  const returned: Job[] = [];
  return {
    get length() {
      return jobs.length - head + returned.length;
    },
    add: (job) => void jobs.push(job),
    take() {
      const first = returned.pop();
      if (first !== undefined || head === jobs.length) return first;
      const job = jobs[head++];
      // Cutting off what is consumed costs a copy of the rest: so only when that is the smaller half.
      if (head >= 4096 && head * 2 >= jobs.length) {
        jobs = jobs.slice(head);
        head = 0;
      }
      return job;
    },
    putBack(list) {
      for (let i = list.length - 1; i >= 0; i--) returned.push(list[i] as Job); // i is within the list
    },
  };
}
