import { parentPort, workerData } from 'node:worker_threads';
import type { HostSpec } from '../core/host.js';
import type { Job } from '../core/job.js';
import { openHost } from './handler.js';
import { laneReceiver } from './threadlane.js';

/** What a thread of a pool is started with. */
export interface ThreadStart {
  readonly spec: HostSpec;
  readonly name: string;
  readonly lane: SharedArrayBuffer;
}

/** Of a job that is tried again. */
type Again = readonly [index: number, attempt: number];

/**
 * Jobs flattened, two entries each: index (with the attempt, where it is not the first) and payload; before a job whose work or
 * queue is not that of the one before stand the two.
 */
export type JobBatch = readonly (Job['index'] | Again | Job['queue'] | Job['work'])[];

const NOTHING: Job['work'] = { kind: 'noop' };

/** Ends the thread when its running job has ended, or after `graceMs`. */
export interface CloseThread {
  readonly graceMs: number;
}

/**
 * A thread of a pool (see threadpool.ts): one job at a time. Messages in: batches of jobs. What became of them stands in
 * the lane; the notice out, one per batch, says only that there is something to collect. The first says that the
 * thread is ready.
 */
// The pool starts each thread with data of this type.
const { spec, name, lane } = workerData as ThreadStart;
const host = openHost(spec, name);
const receiver = laneReceiver(lane);
const inbox: JobBatch[] = [];
let working = false;
let closing = false;

parentPort?.on('message', (message: JobBatch | CloseThread) => {
  if ('graceMs' in message) return close(message.graceMs);
  inbox.push(message);
  if (!working) void work();
});
parentPort?.postMessage('ready');

async function work(): Promise<void> {
  working = true;
  for (let batch = inbox.shift(); batch !== undefined; batch = inbox.shift()) {
    const from = performance.now();
    let count = 0;
    let queue = '';
    let work: Job['work'] = NOTHING;
    // The types of the entries are those that poolthread.ts wrote.
    for (let i = 0; i < batch.length; i += 2) {
      const first = batch[i] as number | Again | Job['work'];
      if (typeof first === 'object' && 'kind' in first) {
        work = first;
        queue = batch[i + 1] as string;
        continue;
      }
      if (!receiver.claim()) {
        receiver.done('skipped');
        continue;
      }
      count++;
      let outcome: 'ok' | 'threw' = 'ok';
      try {
        const [index, attempt] = typeof first === 'number' ? [first, 1] : first;
        const payload = batch[i + 1] as string;
        const running = host.handle({ index, queue, work, payload }, attempt);
        if (running !== undefined) await running;
      } catch {
        outcome = 'threw'; // the event log has it, and the pool learns it from the lane
      }
      receiver.done(outcome);
    }
    if (receiver.mustTell((performance.now() - from) / Math.max(1, count))) parentPort?.postMessage('done');
  }
  working = false;
  if (closing) end();
}

function close(graceMs: number): void {
  closing = true;
  if (working) setTimeout(end, graceMs);
  else end();
}

/** By process.exit, which ends a thread even where a job never ends; the host writes its log on exit. */
function end(): void {
  process.exit(0);
}
