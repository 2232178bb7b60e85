import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../core/adapter.js';
import type { RunMs } from '../core/clock.js';
import { JobbenchError } from '../core/errors.js';
import { seconds } from '../engine/deadline.js';
import type { History } from './history.js';
import { NotSettled } from './miscounts.js';

const LOOK_MS = 20;
/** Nothing moves for so long, beyond the time in which a killed worker's jobs come back: then nothing will. */
const STILL_MS = 5_000;
/** The backend says so often in a row that it holds nothing. */
const EMPTY_TIMES = 4;
/** With so many open jobs it takes longer to look than they take to end. */
const MANY = 1_000;

/** The waits of an arena. All of them end: by what they wait for, a deadline, or the signal. */
export interface Watching {
  pause(ms: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, what: string, ms?: number): Promise<void>;
  /** Waits until all that was accepted has ended, or nothing moves any more and nothing will. */
  rest(): Promise<void>;
}

export interface Watched {
  readonly session: Session;
  /** Rejects when a process ends that nobody killed. */
  readonly failure: Promise<never>;
  readonly timeoutMs: number;
  /** In which a killed worker's jobs come back. */
  readonly recoveryMs: number;
  readonly signal: AbortSignal;
  clock(): RunMs;
  look(): History;
}

export function watching({ session, failure, timeoutMs, recoveryMs, signal, clock, look }: Watched): Watching {
  async function holdsNothing(): Promise<boolean> {
    try {
      return (await session.depth?.()) === 0;
    } catch {
      return false; // a backend that is gone for the moment is not empty
    }
  }

  return {
    pause: (ms) => sleep(ms, undefined, { signal }).catch(() => stopped(signal, 'a pause')),
    async until(condition, what, ms = timeoutMs) {
      const deadline = clock() + ms;
      while (!(await condition())) {
        if (signal.aborted) stopped(signal, what);
        if (clock() > deadline) throw new NotSettled(`timed out after ${seconds(ms)} waiting for ${what}`);
        await sleep(LOOK_MS);
      }
    },
    async rest() {
      const still = STILL_MS + recoveryMs;
      let [moved, movedMs, empty] = [-1, clock() as number, 0];
      for (;;) {
        const { open, seen } = unfinished(look());
        if (open === 0) return;
        if (seen !== moved) [moved, movedMs, empty] = [seen, clock(), 0];
        else if (await holdsNothing()) empty++;
        if (empty >= EMPTY_TIMES || clock() - movedMs > still) return;
        if (signal.aborted) stopped(signal, 'jobs to end');
        await Promise.race([sleep(open > MANY ? 500 : 100), failure]);
      }
    },
  };
}

/** Accepted jobs that have not ended, and how much was seen of all. */
function unfinished({ jobs }: History): { open: number; seen: number } {
  const open = jobs.filter(
    ({ acceptedMs, told }) => acceptedMs !== undefined && !told.some(({ outcome }) => outcome !== 'retrying'),
  );
  return { open: open.length, seen: jobs.reduce((n, { runs, told }) => n + runs.length + told.length, 0) };
}

function stopped(signal: AbortSignal, what: string): never {
  throw new JobbenchError('ABORTED', `stopped while waiting for ${what}`, { cause: signal.reason });
}
