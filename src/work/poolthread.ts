import { Worker } from 'node:worker_threads';
import type { HostSpec } from '../core/host.js';
import type { CloseThread, ThreadStart } from './threadhost.js';
import { type LaneSender, laneBuffer, laneSender } from './threadlane.js';
import type { Try } from './tries.js';

/** How long a running job may take after `close`. */
const GRACE_MS = 1000;
/** How long the thread gets to write its event log after that, before it is terminated without one. */
const EXIT_MS = 2000;

/** One thread of a pool, seen from the thread that owns the pool. */
export interface PoolThread {
  readonly lane: LaneSender;
  readonly state: 'starting' | 'ready' | 'gone';
  /** When the pool last saw it come forward, on `performance.now()`. */
  progressAt: number;
  /** `stuck`: something slow runs; nothing is sent ahead until it comes forward. */
  pace: 'flowing' | 'stuck';
  send(jobs: readonly Try[]): void;
  /** Finishes what it holds, writes its event log, exits. Resolves when it is gone. */
  close(): Promise<void>;
}

export interface ThreadEvents {
  ready(): void;
  /** There is something to collect. */
  notice(): void;
  /** It has exited. @param was 'starting' if it never got ready; @param error what killed it, if it was an error */
  gone(was: PoolThread['state'], error: unknown): void;
}

/** Log names must differ between all threads of a process, whichever session they belong to. */
let serial = 0;

/** Starts a thread. It takes about 40 ms until it is ready. */
export function startThread(spec: HostSpec, heapBytes: number | undefined, events: ThreadEvents): PoolThread {
  const buffer = laneBuffer();
  const lane = laneSender(buffer);
  const start: ThreadStart = { spec, name: `thread${++serial}`, lane: buffer };
  const worker = new Worker(new URL('./threadhost.js', import.meta.url), {
    workerData: start,
    resourceLimits: heapBytes === undefined ? {} : { maxOldGenerationSizeMb: heapBytes / 2 ** 20 },
  });
  let state: PoolThread['state'] = 'starting';
  let error: unknown;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('message', (notice: 'ready' | 'done') => {
    if (notice === 'ready') {
      state = 'ready';
      return events.ready();
    }
    lane.heard();
    events.notice();
  });
  worker.on('error', (cause) => {
    error = cause;
  });
  void exited.then(() => {
    const was = state;
    state = 'gone';
    events.gone(was, error);
  });

  return {
    lane,
    progressAt: performance.now(),
    pace: 'flowing',
    get state() {
      return state;
    },
    send(jobs) {
      const batch: unknown[] = [];
      let before: Try | undefined;
      for (const job of jobs) {
        lane.send(job);
        if (job.work !== before?.work || job.queue !== before.queue) batch.push(job.work, job.queue);
        batch.push(job.attempt === undefined ? job.index : [job.index, job.attempt], job.payload);
        before = job;
      }
      worker.postMessage(batch);
    },
    async close() {
      worker.postMessage({ graceMs: GRACE_MS } satisfies CloseThread);
      const late = setTimeout(() => void worker.terminate(), GRACE_MS + EXIT_MS);
      await exited;
      clearTimeout(late);
    },
  };
}
