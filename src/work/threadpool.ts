import type { JobbenchError } from '../core/errors.js';
import type { HostSpec } from '../core/host.js';
import type { Job } from '../core/job.js';
import { muster, notStarted } from './muster.js';
import { type PoolThread, startThread } from './poolthread.js';

/** Where the jobs of a pool wait. */
export interface JobQueue {
  readonly length: number;
  take(): Job | undefined;
  /** Jobs that were taken but not started: they are next again, in their order. */
  putBack(jobs: readonly Job[]): void;
}

export interface PoolOptions {
  readonly queue: JobQueue;
  /** How much work may be sent to a thread ahead of the job it runs. */
  readonly aheadMs: number;
  /** Heap of a thread; a job that needs more kills its thread. */
  readonly heapBytes: number | undefined;
  /** Called once for each job that was started. */
  ended(job: Job, outcome: 'completed' | 'failed'): void;
}

export interface ThreadPool {
  readonly size: number;
  /** Jobs that were taken from the queue and have not ended. */
  readonly held: number;
  /** Executes until the signal aborts; resolves when what runs has ended. Threads stay for the next time. */
  run(host: HostSpec, size: number, signal: AbortSignal): Promise<void>;
  /**
   * Resolves when all threads of the run are there, or it was told to stop.
   * @throws JobbenchError TIMEOUT after `withinMs`, with how many are there
   */
  ready(withinMs: number): Promise<void>;
  /** The queue has got something. */
  offer(): void;
  close(): Promise<void>;
}

/** Most jobs with one thread. */
const MOST_AHEAD = 256;
/** A thread that holds further jobs and has not come forward for so long loses them to the others. */
const STUCK_MS = 2;
/** How often to look whether one is stuck, while any holds further jobs. */
const LOOK_MS = 1;

/**
 * A pool of threads with one job at a time each. A message between threads costs many times what a small job does, so
 * jobs that take less than `aheadMs` are sent several at once, as many as that time allows by what the last ones took,
 * and enqueue calls of one turn of the event loop share a message; a job that finds nothing else under way goes out
 * directly. Being sent ahead binds no job to its thread: behind a slow job, at an abort and at the death of a thread
 * it goes back to the queue.
 */
export function threadPool(options: PoolOptions): ThreadPool {
  const { queue } = options;
  const threads: PoolThread[] = [];
  let state: 'taking' | 'resting' | 'closed' = 'resting';
  let turn: 'none' | 'planned' | 'now' = 'none';
  let spec: HostSpec | undefined;
  let size = 0;
  let held = 0;
  let serviceMs = Number.POSITIVE_INFINITY;
  let look: NodeJS.Timeout | undefined;
  let idle: () => void = () => undefined;
  let stop: () => void = () => undefined;
  let fail: (error: JobbenchError) => void = () => undefined;
  let closed: Promise<void> | undefined;
  const able = () => threads.filter((thread) => thread.state === 'ready');
  const gathering = muster(
    () => able().length,
    () => (state === 'taking' ? size : 0),
  );

  function add(host: HostSpec): void {
    const thread = startThread(host, options.heapBytes, {
      ready: tick,
      notice: tick,
      gone: (was, error) => {
        threads.splice(threads.indexOf(thread), 1);
        bury(thread);
        if (was === 'starting' && state !== 'closed') fail(notStarted(error));
        else if (state === 'taking') add(host);
        tick();
      },
    });
    threads.push(thread);
  }
  /** Only the job that was running is lost with its thread; an at-most-once queue does not run it again. */
  function bury(thread: PoolThread): void {
    collect(thread);
    takeBack(thread);
    const lost = thread.lane.abandon();
    if (lost !== undefined) ended(lost, 'failed');
  }
  function ended(job: Job, outcome: 'completed' | 'failed'): void {
    held--;
    options.ended(job, outcome);
  }
  function tick(): void {
    turn = 'now';
    for (const thread of threads) collect(thread);
    if (state === 'taking') {
      recallStuck();
      if (queue.length > 0) share();
      watch();
    }
    turn = 'none';
    gathering.look();
    if (held === 0) idle();
  }
  function collect(thread: PoolThread): void {
    if (thread.lane.collect(ended) === 0) return;
    thread.progressAt = performance.now();
    thread.pace = 'flowing';
    const sample = thread.lane.serviceMs;
    if (sample === 0) return;
    // Up at once and down slowly: sending too little ahead costs some speed, sending too much makes jobs wait.
    serviceMs =
      sample > serviceMs || serviceMs === Number.POSITIVE_INFINITY ? sample : 0.75 * serviceMs + 0.25 * sample;
  }
  function takeBack(thread: PoolThread): void {
    const jobs = thread.lane.recall();
    held -= jobs.length;
    queue.putBack(jobs);
  }
  function recallStuck(): void {
    const before = performance.now() - STUCK_MS;
    for (const thread of threads) {
      if (thread.lane.held < 2 || thread.progressAt > before) continue;
      takeBack(thread);
      thread.pace = 'stuck';
    }
  }
  /** Spreads what waits evenly. Who still has more than half of what it may have is left alone, so that messages stay large. */
  function share(): void {
    const serving = able().slice(0, size);
    const limit = Math.min(MOST_AHEAD, Math.max(1, Math.floor(options.aheadMs / Math.max(serviceMs, 1e-6))));
    const even = Math.min(limit, Math.ceil((queue.length + held) / serving.length));
    for (const thread of serving) {
      const { lane } = thread;
      const most = thread.pace === 'stuck' ? 1 : even;
      if (lane.held > 0 && (lane.held > most / 2 || most === 1)) continue;
      const jobs: Job[] = [];
      for (let room = Math.min(most - lane.held, lane.room); room > 0; room--) {
        const job = queue.take();
        if (job === undefined) break;
        jobs.push(job);
      }
      if (jobs.length === 0) continue;
      if (lane.held === 0) thread.progressAt = performance.now();
      held += jobs.length;
      thread.send(jobs);
    }
  }
  /** No notice comes from a thread in the middle of a batch: while there are such, look by oneself. */
  function watch(): void {
    if (look !== undefined || !threads.some((thread) => thread.lane.held > 1)) return;
    look = setTimeout(() => {
      look = undefined;
      tick();
    }, LOOK_MS);
  }

  return {
    get size() {
      return threads.length;
    },
    get held() {
      return held;
    },
    async run(host, wanted, signal) {
      if (state === 'closed') return;
      if (spec !== undefined && JSON.stringify(spec) !== JSON.stringify(host)) {
        await Promise.all(threads.map((thread) => thread.close()));
      }
      spec = host;
      size = wanted;
      serviceMs = Number.POSITIVE_INFINITY;
      state = 'taking';
      while (threads.length < size) add(host);
      tick();
      try {
        await new Promise<void>((resolve, reject) => {
          stop = resolve;
          fail = reject;
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve(), { once: true });
        });
      } finally {
        if (state === 'taking') state = 'resting';
        gathering.look();
        for (const thread of threads) takeBack(thread);
        if (held > 0) await new Promise<void>((resolve) => (idle = resolve));
      }
    },
    ready: gathering.complete,
    offer() {
      if (state !== 'taking' || turn !== 'none') return;
      if (held === 0) return tick();
      turn = 'planned';
      setImmediate(tick);
    },
    close() {
      closed ??= shut();
      return closed;
    },
  };

  async function shut(): Promise<void> {
    state = 'closed';
    clearTimeout(look);
    for (const thread of threads) takeBack(thread);
    stop();
    await Promise.all(threads.map((thread) => thread.close()));
  }
}
