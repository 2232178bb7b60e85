import type { PriorityClass, Row, Statements } from './statements.js';

/** As of a job that asks for none: the most urgent. */
const NONE = 0;

/**
 * Looks into a queue by priority. Each priority in use is a stretch of the index that begins with what is due first, so
 * a look costs one step into the index for each, however many jobs wait; jobs without priorities make it one.
 */
export function byPriority(s: Statements) {
  function* classes(queue: string, after: number): Generator<PriorityClass> {
    for (let next = s.after.get(queue, after); next !== undefined; next = s.after.get(queue, next.priority)) yield next;
  }
  return {
    /** Due jobs, the most urgent first, then first due, first out. */
    due(queue: string, now: number, limit: number): Row[] {
      const rows = s.due.all(queue, NONE, now, limit);
      if (rows.length === limit) return rows;
      for (const { priority, visibleAt } of classes(queue, NONE)) {
        if (visibleAt <= now) rows.push(...s.due.all(queue, priority, now, limit - rows.length));
        if (rows.length === limit) break;
      }
      return rows;
    },
    anyDue(queue: string, now: number): boolean {
      for (const { visibleAt } of classes(queue, NONE - 1)) if (visibleAt <= now) return true;
      return false;
    },
    /** When the next job is due, or a lease lapses; infinity when there is none. */
    nextAt(queue: string): number {
      let at = Number.POSITIVE_INFINITY;
      for (const { visibleAt } of classes(queue, NONE - 1)) at = Math.min(at, visibleAt);
      return at;
    },
  };
}

export type ByPriority = ReturnType<typeof byPriority>;
