import type { Adapter, Runner, Session } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { JobList } from '../work/joblist.js';
import { type Try, tries } from '../work/tries.js';

const TURN_MS = 1;

const traits: Traits = {
  topology: 'embedded',
  executes: 'loop',
  delivery: 'at-most-once',
  durability: 'memory',
  schedules: true,
  priorities: true,
  retries: true,
  backoff: true,
  unique: true,
  fifo: true,
  maxPayloadBytes: 16 * 2 ** 20,
  bulk: true,
};

/** An array in one process: what the harness itself costs. */
export default {
  summary: 'an array in one process: the floor, and the ceiling of what this harness can measure',
  traits,
  reference: true,
  create: async () => ({}),
  connect: async () => open(),
} satisfies Adapter;

function open(): Session {
  const waiting = new JobList();
  let running = 0;
  let runner: Runner | undefined;
  let scheduled = false;
  let state: 'open' | 'closed' = 'open';
  let idle: (() => void) | undefined;
  const book = tries(put);

  function accept(job: Job): void {
    if (state === 'closed') throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('memory', traits, job);
  }
  function put(job: Try): void {
    waiting.add(job);
    if (!scheduled && runner !== undefined) schedule();
  }
  function schedule(): void {
    scheduled = true;
    setImmediate(turn);
  }
  /** One turn of the event loop takes a bounded time, so that producers, timers and requests get theirs. */
  function turn(): void {
    scheduled = false;
    const from = performance.now();
    for (let n = 1; runner !== undefined && running < runner.concurrency; n++) {
      const job = waiting.take();
      if (job === undefined) break;
      start(job, runner);
      if ((n === 1 || n % 8 === 0) && performance.now() - from > TURN_MS) break;
    }
    if (runner !== undefined && running < runner.concurrency && waiting.length > 0) schedule();
  }
  function start(job: Try, by: Runner): void {
    running++;
    let pending: void | Promise<void>;
    try {
      pending = by.handle(job, job.attempt);
    } catch {
      end(job, by, 'failed');
      return;
    }
    if (pending === undefined) end(job, by, 'completed');
    else
      void pending.then(
        () => end(job, by, 'completed'),
        () => end(job, by, 'failed'),
      );
  }
  function end(job: Try, by: Runner, how: 'completed' | 'failed'): void {
    running--;
    by.settled(job.index, book.ended(job, how));
    if (running === 0) idle?.();
    if (!scheduled && runner !== undefined && waiting.length > 0) schedule();
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
      if (waiting.length > 0) schedule();
      await new Promise<void>((resolve) => {
        if (next.signal.aborted) resolve();
        else next.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      runner = undefined;
      if (running > 0) {
        await new Promise<void>((resolve) => {
          idle = resolve;
        });
      }
    },
    depth: async () => waiting.length + running + book.size,
    effective: async () => ({}),
    async close() {
      state = 'closed';
      book.close();
    },
  };
}
