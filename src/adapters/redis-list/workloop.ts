import type { Runner } from '../../core/adapter.js';
import { retryAt } from '../../core/backoff.js';
import { afterFailure } from './entry.js';
import { type Ended, hands } from './hands.js';
import type { QueueKeys } from './keys.js';
import type { O } from './options.js';
import type { Scripts } from './scripts.js';
import type { Tap } from './tap.js';

const PAUSE_MS = 100;
/** What a server says that will take commands again later. */
const PASSING = /^(OOM|LOADING|BUSY|READONLY|TRYAGAIN|MASTERDOWN|NOREPLICAS|MISCONF)\b/;

/**
 * Takes, executes and acks jobs of one queue until it is told to stop. What has ended and what is taken next share a
 * round trip, so that a worker costs Redis one script per turn.
 */
export function workLoop(at: {
  readonly q: QueueKeys;
  readonly id: string;
  readonly o: O;
  readonly run: Scripts;
  readonly runner: Runner;
  readonly concurrency: number;
  readonly tap: Tap;
}) {
  const { q, id, o, run, runner, concurrency, tap } = at;
  const held = hands(runner, concurrency, o.ahead, schedule);
  let scheduled = false;
  let asking = false;
  let state: 'taking' | 'stopping' | 'over' = 'taking';
  let hungry = true;
  let doubtful = true;
  let finish: () => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    crash = reject;
  });

  function schedule(): void {
    if (scheduled || asking || state === 'over') return;
    scheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    scheduled = false;
    if (asking || state === 'over') return; // the answer schedules the next turn
    if (doubtful) {
      ask(regain);
      return;
    }
    if (state === 'taking') held.startWaiting();
    const wanted = state === 'taking' && !tap.open && (hungry || held.free) ? held.room() : 0;
    if (held.toTell > 0 || wanted > 0) ask(() => exchange(wanted));
    else if (state === 'stopping' && held.running === 0 && !tap.open) ask(leave);
    else if (state === 'taking' && held.startable()) schedule();
  }

  /** One question is under way at a time. */
  function ask(question: () => Promise<void>): void {
    asking = true;
    const answered = () => {
      asking = false;
      schedule();
    };
    question().then(answered, (error: unknown) => {
      if (PASSING.test(error instanceof Error ? error.message : '')) setTimeout(answered, PAUSE_MS);
      else crash(error);
    });
  }

  async function exchange(wanted: number): Promise<void> {
    const ending = held.takeEnded();
    const acks = ending.filter(({ outcome }) => outcome === 'completed').map(({ claimed }) => claimed.entry);
    const failures = ending.filter(({ outcome }) => outcome !== 'completed').map(fail);
    try {
      const turned = run.turn(q, id, wanted, held.free ? 'free' : 'holding', acks);
      const [[supply, got]] = await Promise.all([turned, ...failures]);
      held.settled(ending);
      held.add(got);
      if (wanted > 0) hungry = supply === 'more';
      if (supply === 'empty' && state === 'taking') tap.await(arrived);
    } catch (error) {
      held.putBack(ending); // an ack that was done is nothing the second time
      throw error;
    }
  }

  function fail({ claimed, outcome }: Ended): Promise<unknown> {
    const { job, failures } = claimed;
    const backoff = job.backoff ?? { type: o.backoffType, ms: o.backoff };
    const when = outcome === 'failed' ? 'dead' : backoff.ms > 0 ? retryAt(Date.now(), backoff, failures + 1) : 'now';
    return run.failed(q, id, claimed.entry, afterFailure(claimed), when);
  }

  function arrived(entry: string | undefined): void {
    if (entry !== undefined) held.add([entry]);
    hungry = true;
    schedule();
  }

  async function regain(): Promise<void> {
    doubtful = false;
    try {
      held.correct((await run.alive(q, id)).reverse());
    } catch (error) {
      doubtful = true;
      throw error;
    }
    hungry = true;
  }

  async function leave(): Promise<void> {
    await run.leave(q, id);
    state = 'over';
    finish();
  }

  schedule();
  return {
    finished,
    /** There is something to take that does not come by the tap. */
    wake(): void {
      hungry = true;
      tap.cut();
      schedule();
    },
    /** The worker may have been taken for dead, or answers may be lost. */
    doubt(): void {
      doubtful = true;
      schedule();
    },
    stop(): void {
      if (state === 'taking') state = 'stopping';
      tap.close().then(schedule, crash);
      schedule();
    },
    fail: (error: unknown) => crash(error),
  };
}
