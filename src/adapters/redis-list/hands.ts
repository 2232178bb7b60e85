import type { Runner } from '../../core/adapter.js';
import type { Outcome } from '../../core/job.js';
import { type Claimed, readEntry } from './entry.js';

/** One turn of the event loop starts jobs for about so long, and takes ahead no more than this much work. */
const TURN_MS = 5;

/** A job that was executed, and that Redis is still to be told of. */
export interface Ended {
  readonly claimed: Claimed;
  readonly outcome: Outcome;
}

/**
 * What a worker has in its hands: jobs that wait to be started, that run, and that have ended.
 * @param ahead jobs that may be held beside those that run
 * @param changed a job ended by itself, so there is something to tell
 */
export function hands(runner: Runner, concurrency: number, ahead: number, changed: () => void) {
  const inFlight = new Map<string, Claimed>();
  let buffer: Claimed[] = [];
  let ended: Ended[] = [];
  let jobMs = TURN_MS;
  let lastTold = performance.now();

  /** A job whose worker died may be what that died of: alone, it takes no others along. */
  function startable(at = 0): boolean {
    const next = buffer[at];
    if (next === undefined || inFlight.size >= concurrency || suspected()) return false;
    return next.deaths === 0 || inFlight.size === 0;
  }

  function suspected(): boolean {
    if (inFlight.size !== 1) return false;
    for (const { deaths } of inFlight.values()) if (deaths > 0) return true;
    return false;
  }

  function start(claimed: Claimed): void {
    inFlight.set(claimed.id, claimed);
    let running: void | Promise<void>;
    try {
      running = runner.handle(claimed.job, claimed.failures + 1);
    } catch {
      end(claimed, 'failed');
      return;
    }
    if (running === undefined) {
      end(claimed, 'completed');
      return;
    }
    const done = (how: 'completed' | 'failed') => {
      end(claimed, how);
      changed();
    };
    running.then(
      () => done('completed'),
      () => done('failed'),
    );
  }

  function end(claimed: Claimed, how: 'completed' | 'failed'): void {
    inFlight.delete(claimed.id);
    const more = claimed.failures + 1 < (claimed.job.attempts ?? 1);
    ended.push({ claimed, outcome: how === 'failed' && more ? 'retrying' : how });
  }

  function holds(id: string): boolean {
    return inFlight.has(id) || buffer.some((one) => one.id === id) || ended.some(({ claimed }) => claimed.id === id);
  }

  return {
    get running() {
      return inFlight.size;
    },
    /** Nothing runs, and nothing waits to. */
    get free() {
      return inFlight.size + buffer.length === 0;
    },
    get toTell() {
      return ended.length;
    },
    startable,
    add(entries: readonly string[]): void {
      for (const entry of entries) buffer.push(readEntry(entry));
    },
    /** What Redis says that we hold is what we hold, oldest first. */
    correct(entries: readonly string[]): void {
      const ours = new Set(entries);
      buffer = buffer.filter(({ entry }) => ours.has(entry));
      for (const entry of entries) {
        const claimed = readEntry(entry);
        if (!holds(claimed.id)) buffer.push(claimed);
      }
    },
    startWaiting(): void {
      const from = performance.now();
      let taken = 0;
      while (startable(taken)) {
        start(buffer[taken++] as Claimed); // startable: it is there
        if (performance.now() - from > TURN_MS) break;
      }
      if (taken > 0) buffer = buffer.slice(taken);
    },
    /** How many to take: what free slots can start, and beside them only as much as is done in a few milliseconds. */
    room(): number {
      const free = concurrency - inFlight.size;
      if (free <= 0 || buffer.length > 0 || suspected()) return 0;
      return free + Math.min(ahead, Math.floor(TURN_MS / jobMs));
    },
    takeEnded(): Ended[] {
      const ending = ended;
      ended = [];
      return ending;
    },
    putBack(ending: readonly Ended[]): void {
      ended = [...ending, ...ended];
    },
    /** Redis has been told. */
    settled(ending: readonly Ended[]): void {
      const now = performance.now();
      if (ending.length > 0) jobMs = 0.7 * jobMs + (0.3 * (now - lastTold)) / ending.length;
      lastTold = now;
      for (const { claimed, outcome } of ending) runner.settled(claimed.job.index, outcome);
    },
  };
}
