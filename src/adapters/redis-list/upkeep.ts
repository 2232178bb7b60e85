import type { Runner } from '../../core/adapter.js';
import { readEntry } from './entry.js';
import type { QueueKeys } from './keys.js';
import type { O } from './options.js';
import type { Scripts } from './scripts.js';

/** A due time that nobody told us of is found after so long. */
const POLL_MS = 5000;
/** No wait for a job is longer, so that none reaches a worker that is forgotten. */
const FORGET_MS = 60_000;

/**
 * What a worker does beside its jobs: tells that it lives, gives the jobs of dead workers back, and moves scheduled jobs to
 * the list when they are due. A command that fails is tried again the next time.
 * @param loop is woken when there may be something to take
 */
export function upkeep(
  q: QueueKeys,
  id: string,
  o: O,
  run: Scripts,
  runner: Runner,
  loop: { wake(): void; doubt(): void },
) {
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;
  let closed = false;
  const again = () => undefined;

  async function beat(): Promise<void> {
    if ((await run.beat(q, id, o.lease)) === 'lapsed') loop.doubt();
  }
  async function reap(): Promise<void> {
    const [suspects, buried] = await run.reap(q, o.lease, o.lease + FORGET_MS, o.redeliveries);
    for (const entry of buried) runner.settled(readEntry(entry).job.index, 'failed');
    if (suspects > 0) loop.wake();
  }
  async function promote(): Promise<void> {
    const now = Date.now();
    armedFor = now + POLL_MS;
    try {
      const next = await run.promote(q, now);
      due(Math.min(next ?? Number.POSITIVE_INFINITY, now + POLL_MS), 'instead');
    } catch {
      due(now + POLL_MS, 'instead'); // the connection comes back, or the worker ends with its error
    }
  }
  /** @param how `instead` of what was set before; or only if it is `sooner` */
  function due(at: number, how: 'instead' | 'sooner'): void {
    if (closed || (how === 'sooner' && at >= armedFor)) return;
    clearTimeout(timer);
    armedFor = at;
    timer = setTimeout(promote, Math.max(0, at - Date.now()));
  }

  const beats = setInterval(() => void beat().catch(again), o.lease / 3);
  const reaps = setInterval(() => void reap().catch(again), o.reapInterval);
  due(Date.now(), 'instead');
  return {
    /** A job was scheduled that is due before all others. */
    announced: (at: number) => due(at, 'sooner'),
    close(): void {
      closed = true;
      clearInterval(beats);
      clearInterval(reaps);
      clearTimeout(timer);
    },
  };
}
