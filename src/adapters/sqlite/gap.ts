import type { Statements } from './statements.js';

/** For so long after its last write another program counts as one that writes. */
const COMPANY_MS = 250;

/**
 * The time between two transactions of a worker that has more to do than it gets done, in which others get the lock of
 * the file. Only while somebody else writes: a worker that is alone, or whose jobs take longer than that, loses nothing.
 */
export function gaps(s: Statements, gapMs: number) {
  let version: number | undefined;
  let company = Number.NEGATIVE_INFINITY;
  let ended = Number.NEGATIVE_INFINITY;
  /** What `data_version` shows changes by the commits of other connections only. */
  function look(now: number): void {
    const found = s.dataVersion.get()?.data_version;
    if (version !== undefined && found !== version) company = now;
    version = found;
  }
  return {
    /** @returns ms until the next transaction may begin; 0 or less for at once */
    left(): number {
      if (gapMs === 0) return 0;
      const now = performance.now();
      look(now);
      return now - company > COMPANY_MS ? 0 : ended + gapMs - now;
    },
    /** After each transaction. */
    ended(): void {
      ended = performance.now();
    },
  };
}
