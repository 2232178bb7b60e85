import type { Adapter, Runner, Session } from '../core/adapter.js';
import type { Job } from '../core/job.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { DueHeap } from '../work/dueheap.js';

const TURN_MS = 1;

const traits: Traits = {
  topology: 'embedded',
  executes: 'loop',
  delivery: 'at-most-once',
  durability: 'memory',
  schedules: true,
  priorities: false,
  retries: false,
  unique: false,
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
  let waiting: Job[] = [];
  let head = 0;
  let running = 0;
  let runner: Runner | undefined;
  let scheduled = false;
  let idle: (() => void) | undefined;
  const later = new DueHeap<Job>((job) => put(job));

  function put(job: Job): void {
    waiting.push(job);
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
    for (let n = 1; runner !== undefined && running < runner.concurrency && head < waiting.length; n++) {
      const job = waiting[head++] as Job; // head < length
      if (head >= 4096 && head * 2 >= waiting.length) {
        waiting = waiting.slice(head);
        head = 0;
      }
      start(job, runner);
      if ((n === 1 || n % 8 === 0) && performance.now() - from > TURN_MS) break;
    }
    if (runner !== undefined && running < runner.concurrency && head < waiting.length) schedule();
  }
  function start(job: Job, by: Runner): void {
    running++;
    let pending: void | Promise<void>;
    try {
      pending = by.handle(job);
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
  function end(job: Job, by: Runner, outcome: 'completed' | 'failed'): void {
    running--;
    by.settled(job.index, outcome);
    if (running === 0) idle?.();
    if (!scheduled && runner !== undefined && head < waiting.length) schedule();
  }

  return {
    async enqueue(job) {
      assertSupported('memory', traits, job);
      put(job);
    },
    async enqueueAt(job, at) {
      assertSupported('memory', traits, job);
      later.push(job, at);
    },
    async enqueueMany(jobs) {
      for (const job of jobs) assertSupported('memory', traits, job);
      for (const job of jobs) put(job);
    },
    async run(next) {
      runner = next;
      if (head < waiting.length) schedule();
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
    depth: async () => waiting.length - head + running + later.size,
    effective: async () => ({}),
    async close() {
      later.close();
    },
  };
}
