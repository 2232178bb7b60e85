import { JobbenchError } from '../core/errors.js';

/** No progress for so long makes the coordinator ask whether anything is left at all. */
const QUIET_MS = 2_000;

/** Jobs settled by each role, and a wait for their sum. */
export interface Settlement {
  readonly total: number;
  report(role: string, settled: number): void;
  /**
   * The role begins to count from 0 again. Whoever was killed did not report its last jobs: without them a wait would end
   * only when nothing moves for seconds.
   * @param ever how many jobs its lives have settled until now
   */
  restarted(role: string, ever: number): void;
  /**
   * Resolves to 'settled' when `expected` jobs have settled, or to 'lost' when nothing moves any more and the backend
   * itself holds nothing: whatever is missing then will never come.
   * @param depth jobs the backend still holds; undefined when it cannot tell
   * @param quietMs no progress for so long makes it ask
   */
  reached(
    expected: number,
    timeoutMs: number,
    depth: () => Promise<number | undefined>,
    quietMs?: number,
  ): Promise<'settled' | 'lost'>;
}

export function settlement(changed: (total: number) => void): Settlement {
  const byRole = new Map<string, number>();
  const ended = new Map<string, number>();
  let total = 0;
  let notify: () => void = () => undefined;
  return {
    get total() {
      return total;
    },
    report(role, settled) {
      total += settled - (byRole.get(role) ?? 0);
      byRole.set(role, settled);
      changed(total);
      notify();
    },
    restarted(role, ever) {
      total += ever - (ended.get(role) ?? 0) - (byRole.get(role) ?? 0);
      ended.set(role, ever);
      byRole.delete(role);
      changed(total);
      notify();
    },
    async reached(expected, timeoutMs, depth, quietMs = QUIET_MS) {
      const deadline = Date.now() + timeoutMs;
      let empty = 0;
      while (total < expected) {
        const before = total;
        const left = deadline - Date.now();
        if (left <= 0) {
          const missing = (expected - total).toLocaleString('en-US');
          throw new JobbenchError(
            'TIMEOUT',
            `${missing} of ${expected.toLocaleString('en-US')} jobs had not settled after ${timeoutMs / 1000} s`,
          );
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(left, quietMs));
          notify = () => {
            if (total < expected) return;
            clearTimeout(timer);
            resolve();
          };
        });
        if (total > before || total >= expected) {
          empty = 0;
          continue;
        }
        // Twice, so that a job on its way between the backend and the worker is not taken for lost.
        empty = (await depth()) === 0 ? empty + 1 : 0;
        if (empty === 2) return 'lost';
      }
      return 'settled';
    },
  };
}
