import type { Cell } from '../core/result.js';

export interface Difference {
  readonly field: string;
  readonly base: string;
  readonly head: string;
}

/** A cell of either side that is compared with one of the other. */
export type CellPair = readonly [base: Cell, head: Cell];

type Fields = Readonly<Record<string, unknown>>;

/** Fields that are unlike, or that one side lacks. */
export function fieldsOf(base: Fields, head: Fields, prefix = ''): Difference[] {
  const keys = new Set([...Object.keys(base), ...Object.keys(head)]);
  return [...keys].flatMap((key) => {
    const [a, b] = [canonical(own(base, key)), canonical(own(head, key))];
    return a === b ? [] : [{ field: `${prefix}${key}`, base: a, head: b }];
  });
}

/** A file may name a field like a method of every object. */
function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** How a refusal says that a side has no such field. */
export const ABSENT = 'absent';

/** Equal for equal values, whatever the order of their keys; and readable. */
export function canonical(value: unknown): string {
  if (value === undefined) return ABSENT;
  if (typeof value === 'string') return value;
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
