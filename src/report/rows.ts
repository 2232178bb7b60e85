import type { Cell } from '../core/result.js';
import { groupBy } from './group.js';
import { clean } from './text.js';

/** A cell as a row of its scenario's table. */
export interface Row {
  readonly cell: Cell;
  readonly adapter: string;
  /** Params in which the cells of one adapter differ, in words; empty where there are none. */
  readonly variant: string;
  /** What names the row in a note. */
  readonly name: string;
  readonly delivery: string;
  readonly durability: string;
  /** Which of the two `verify` has proved, for these options and versions on the machine of the run. */
  readonly proved: readonly string[];
  /** The cells of a row that stands for several, by their value of the pivot param. */
  readonly cells?: ReadonlyMap<string, Cell>;
}

/** The cell that a column of a row shows; undefined when the row has none for it. */
export function cellAt(row: Row, column: { readonly at?: string }): Cell | undefined {
  return column.at === undefined || row.cells === undefined ? row.cell : row.cells.get(column.at);
}

/** Rows that differ only in the pivot param, as one: it keeps the last one's place and cell. */
export function mergeRows(rows: readonly Row[], param: string): Row[] {
  const rest = ({ adapter, cell }: Row) => {
    const others = Object.entries(cell.scenario.params).filter(([key]) => key !== param);
    return JSON.stringify([adapter, cell.status === 'skipped' ? cell.reason : '', others]);
  };
  const varying = varyingParams(rows.map((row) => row.cell)).filter((key) => key !== param);
  return [...groupBy(rows, rest).values()].flatMap((group) => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const cells = new Map(group.map(({ cell }) => [String(cell.scenario.params[param]), cell]));
    const shownAs = last.variant === '' ? last : rowOf(last.cell, varying);
    return [{ ...shownAs, cells }];
  });
}

/** Rows of one scenario: grouped by promise, strongest first, an adapter's rows together, else as given. */
export function rowsOf(cells: readonly Cell[]): Row[] {
  const varying = varyingParams(cells);
  const labels = [...new Set(cells.map((cell) => cell.adapter.label))];
  const rows = withoutRepeats(cells.map((cell) => rowOf(cell, varying)));
  const rank = (row: Row) => [
    ...promiseRank(row.cell.adapter.traits),
    labels.indexOf(row.cell.adapter.label), // sort is stable, so the order within an adapter is kept
  ];
  return rows.sort((a, b) => compare(rank(a), rank(b)));
}

/** Rows under one promise may be compared with each other. */
export function samePromise(a: Row, b: Row): boolean {
  return a.delivery === b.delivery && a.durability === b.durability;
}

/**
 * Names for a note: an adapter stands for all its rows; long lists are cut.
 * @param many how: the first few by name, or how many and what they are, which says more of rows all over the table
 */
export function namesOf(
  some: readonly Row[],
  all: readonly Row[],
  many: 'by name' | 'with what they share' = 'by name',
): string {
  const unique = new Set(some);
  if (unique.size === all.length && all.length > 1) return 'all rows';
  const names = new Set<string>();
  for (const row of unique) {
    const siblings = all.filter((other) => other.adapter === row.adapter);
    names.add(siblings.every((other) => unique.has(other)) ? row.adapter : row.name);
  }
  const list = [...names];
  if (list.length <= 4) return list.join(', ');
  if (many === 'by name') return `${list.slice(0, 3).join(', ')}, and ${list.length - 3} more`;
  return `${unique.size} of ${all.length} rows: ${shares([...unique]).join('; ')}`;
}

/** Adapters, then the values of each param in which rows differ: `sqlite, redis; loop, process; idle, saturated`. */
function shares(rows: readonly Row[]): string[] {
  const adapters = [...new Set(rows.map(({ adapter }) => adapter))];
  const params = varyingParams(rows.map(({ cell }) => cell)).map((key) => [
    ...new Set(rows.map(({ cell }) => variantOf(cell, [key])).filter((word) => word !== '')),
  ]);
  return [adapters, ...params]
    .filter((words) => words.length > 0)
    .map((words) =>
      words.length > 6 ? `${words.slice(0, 5).join(', ')}, and ${words.length - 5} more` : words.join(', '),
    );
}

/** An adapter that was skipped in all its variants takes one row. */
function withoutRepeats(rows: readonly Row[]): Row[] {
  return [...groupBy(rows, (row) => row.adapter).values()].flatMap((group) => {
    const [first] = group;
    const skipped = group.every(({ cell }) => cell.status === 'skipped' && cell.reason === first?.cell.reason);
    return first !== undefined && skipped ? [{ ...first, variant: '', name: first.adapter }] : group;
  });
}

function rowOf(cell: Cell, varying: readonly string[]): Row {
  const adapter = clean(cell.adapter.label, 80);
  const variant = variantOf(cell, varying);
  return {
    cell,
    adapter,
    variant,
    name: variant === '' ? adapter : `${adapter} (${variant})`,
    delivery: clean(cell.adapter.traits.delivery, 20),
    durability: clean(cell.adapter.traits.durability, 20),
    proved: cell.adapter.proved ?? [],
  };
}

/** The values of some params in words: `process, saturated`, `concurrency=4`. */
export function variantOf({ scenario: { params } }: Cell, varying: readonly string[]): string {
  return varying
    .filter((key) => params[key] !== undefined)
    .map((key) => words(key, params[key]))
    .join(', ');
}

/** A word says what it is; a number needs its name beside it. */
function words(key: string, value: unknown): string {
  const text = clean(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 40);
  return /^[a-z][a-z-]*$/i.test(text) && text !== 'true' && text !== 'false' ? text : `${clean(key, 40)}=${text}`;
}

/** Params in which the cells of one adapter differ. */
export function varyingParams(cells: readonly Cell[]): string[] {
  const keys = new Set(cells.flatMap((cell) => Object.keys(cell.scenario.params)));
  const byAdapter = groupBy(cells, (cell) => cell.adapter.label);
  const varies = (key: string) =>
    [...byAdapter.values()].some(
      (group) => new Set(group.map((cell) => JSON.stringify(cell.scenario.params[key]))).size > 1,
    );
  return [...keys].filter(varies);
}

const STRONGEST_FIRST = {
  delivery: ['at-least-once', 'at-most-once'],
  durability: ['power-loss', 'process-crash', 'memory'],
} as const;

/** The strongest promise has the least numbers. */
function promiseRank({ delivery, durability }: Cell['adapter']['traits']): number[] {
  const place = (order: readonly string[], word: string) => (order.includes(word) ? order.indexOf(word) : order.length);
  return [place(STRONGEST_FIRST.delivery, delivery), place(STRONGEST_FIRST.durability, durability)];
}

/** Orders cells by promise, strongest first. */
export function byPromise(a: Cell, b: Cell): number {
  return compare(promiseRank(a.adapter.traits), promiseRank(b.adapter.traits));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
