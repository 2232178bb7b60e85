import type { RunMs } from '../../core/clock.js';

const SMALLEST = 32;
/** The window is filled up when half of it is free, so that this many times the slots keep all of them busy. */
const TIMES_SLOTS = 2;
const LARGEST = 200_000;
/** So much work is kept waiting: enough that workers never starve between two progress counts. */
const AHEAD_MS = 200;

/** Jobs settled so far, by all workers, as far as this process knows; and a way to hear of more. */
export interface SettledCount {
  readonly total: number;
  /** Calls back once when the total has reached `count`. */
  when(count: number, reached: () => void): void;
}

/** A settled count that somebody else adds to. */
export function settledCount(): SettledCount & { set(total: number): void } {
  let total = 0;
  let waiting: { count: number; reached: () => void }[] = [];
  let next = Number.POSITIVE_INFINITY;
  return {
    get total() {
      return total;
    },
    set(value) {
      total = value;
      if (total < next) return;
      const due = waiting.filter((entry) => entry.count <= total);
      waiting = waiting.filter((entry) => entry.count > total);
      next = Math.min(Number.POSITIVE_INFINITY, ...waiting.map((entry) => entry.count));
      for (const entry of due) entry.reached();
    },
    when(count, reached) {
      if (count <= total) return reached();
      waiting.push({ count, reached });
      next = Math.min(next, count);
    },
  };
}

/**
 * The closed loop of a saturating load: how many more jobs may be enqueued now, so that about 0.2 s of work is
 * waiting. The window follows the rate that workers are seen to reach, because in-flight jobs of another process are
 * only known from progress counts. It is never smaller than what keeps every slot busy: a rate that was seen with too
 * few jobs would say that few are enough.
 * @param slots jobs that all workers together execute at once
 */
export function backlogWindow(
  settled: SettledCount,
  clock: () => RunMs,
  { producers, slots = 0 }: { readonly producers: number; readonly slots?: number },
  made: () => number,
) {
  const base = { settled: settled.total, made: made() };
  const smallest = Math.max(SMALLEST, Math.ceil((TIMES_SLOTS * slots) / producers));
  let window = smallest;
  let seen = { at: clock() as number, total: settled.total };

  const outstanding = () => made() - base.made - (settled.total - base.settled) / producers;
  function adapt(): void {
    const now = clock();
    const elapsed = now - seen.at;
    if (elapsed < 20 || settled.total === seen.total) return;
    const ratePerMs = (settled.total - seen.total) / elapsed / producers;
    window = Math.min(LARGEST, Math.max(smallest, ratePerMs * AHEAD_MS));
    seen = { at: now, total: settled.total };
  }
  /** Waits until half the window is free, or the phase ends. */
  function space(endMs: number): Promise<number> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        adapt();
        resolve(clock() < endMs ? Math.max(1, Math.floor(window - outstanding())) : 0);
      };
      const timer = setTimeout(done, Math.max(0, endMs - clock()) + 1);
      const enough = Math.ceil(settled.total + Math.max(1, (outstanding() - window / 2) * producers));
      settled.when(enough, done);
    });
  }
  return {
    /** Jobs that may be enqueued before `endMs`; 0 when the phase is over. */
    room(endMs: number): number | Promise<number> {
      const free = Math.floor(window - outstanding());
      if (free > 0) return free;
      return space(endMs);
    },
  };
}
