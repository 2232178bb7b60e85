import type { Cell } from '../core/result.js';
import { SOLID_TAIL } from '../stats/quantile.js';
import { alike } from './alike.js';
import { type Column, headOf, ownMetrics } from './columns.js';
import { groupBy } from './group.js';
import { longer, type Refusal } from './lengthened.js';
import { unitHead } from './numbers.js';
import type { Paint } from './paint.js';
import { cellAt, namesOf, type Row } from './rows.js';
import { clean } from './text.js';
import { unevenMachine } from './uneven.js';
import { shown } from './value.js';

/**
 * What stands below a table: how to read it, why numbers are missing, what adapters add, and what to beware of.
 * @param flat a row for each cell
 * @param rows as the table shows them, which may hold several cells each
 */
export function notesOf(
  flat: readonly Row[],
  rows: readonly Row[],
  columns: readonly Column[],
  dropped: readonly Column[],
  paint: Paint,
): string[] {
  return [
    ...[...spanNotes(flat), ...meanings(rows, columns)].map(paint.dim),
    ...refusals(rows, columns),
    ...troubles(flat, paint),
    ...ownLines(rows, columns, dropped),
    ...uneven(flat).map(paint.bad),
    ...warnings(flat).map(paint.warn),
  ];
}

function spanNotes(rows: readonly Row[]): string[] {
  const cells = rows.filter((row) => row.cell.status === 'ok').map((row) => row.cell);
  const summaries = cells.flatMap((cell) => Object.values(cell.summary));
  const notes: string[] = [];
  const few = summaries.filter(({ confidence }) => confidence === undefined).map(({ n }) => n);
  if (few.length > 0) {
    const [least, most] = [Math.min(...few), Math.max(...few)];
    const trials = least === most ? `${most}` : `${least} to ${most}`;
    notes.push(
      most === 1
        ? 'one trial: neither range nor interval (needs 6 trials)'
        : `median [lowest highest]: range of ${trials} trials; no interval (needs 6 trials)`,
    );
  }
  const sure = new Map(summaries.flatMap(({ confidence, n }) => (confidence === undefined ? [] : [[n, confidence]])));
  for (const [n, confidence] of sure) {
    notes.push(`median [low high]: ${(confidence * 100).toFixed(1)} % interval of ${n} trials`);
  }
  if (cells.some(({ merged, summary }) => Object.keys(merged ?? {}).some((metric) => (summary[metric]?.n ?? 1) > 1))) {
    notes.push('percentiles: of all trials together; their brackets: of what each trial had');
  }
  if (cells.some((cell) => Object.values(cell.merged ?? {}).some(({ tail }) => tail < SOLID_TAIL))) {
    notes.push(`~ rough: fewer than ${SOLID_TAIL} samples lie beyond this percentile`);
  }
  return notes;
}

/** Each reason once, with the metrics and rows that it applies to. */
function refusals(rows: readonly Row[], columns: readonly Column[]): string[] {
  const found = rows.flatMap((row) => {
    const all = columns.flatMap((column) => {
      const cell = cellAt(row, column);
      const { metric, unit } = column;
      return cell?.status === 'ok' ? [{ column, cell, metric, ...shown(cell, metric, unit) }] : [];
    });
    const byReason = groupBy(all, ({ refused }) => refused);
    byReason.delete(undefined);
    return [...byReason.values()].map((group) => {
      const [first] = group;
      const mark = first?.text === '-' ? '- ' : ''; // a verdict is its own mark
      const heads = group.length === columns.length ? '' : `${group.map(({ column }) => column.head).join(', ')} of `;
      return { row, reason: `${mark}${first?.refused}`, heads, refusals: group };
    });
  });
  return [...groupBy(found, ({ reason, heads }) => `${reason}: ${heads}`).values()].map((group) => {
    const [{ reason, heads } = { reason: '', heads: '' }] = group;
    const names = namesOf(
      group.map(({ row }) => row),
      rows,
    );
    return `${reason}${remedy(group.flatMap(({ refusals }) => refusals))}: ${heads}${names}`;
  });
}

/** What to ask for where there were too few samples. */
function remedy(refusals: readonly Refusal[]): string {
  const duration = longer(refusals);
  return duration === undefined ? '' : ` (--duration ${duration})`;
}

function troubles(rows: readonly Row[], paint: Paint): string[] {
  const found = rows.filter((row) => row.cell.status !== 'ok').map((row) => ({ row, text: troubleOf(row.cell) }));
  return grouped(found, rows).map(([text, names]) => {
    const [word = '', ...rest] = text.split(' ');
    const color = word === 'skipped' ? paint.warn : paint.bad;
    return `${color(word)} ${names}: ${rest.join(' ')}`;
  });
}

function troubleOf(cell: Cell): string {
  const reason = clean(cell.reason ?? cell.error?.message ?? 'no reason given');
  const code = cell.error === undefined ? '' : ` (${clean(cell.error.code, 30)})`;
  return `${statusWord(cell.status)} ${reason}${code}`;
}

/** As a row shows it: capitals for what must not be overlooked. */
export function statusWord(status: Cell['status']): string {
  return status === 'skipped' ? status : status.toUpperCase();
}

/** Metrics that are no columns: those that did not fit, and the adapter's own. */
function ownLines(rows: readonly Row[], columns: readonly Column[], dropped: readonly Column[]): string[] {
  const cells = rows.map((row) => row.cell);
  return rows
    .filter((row) => row.cell.status === 'ok')
    .flatMap((row) => {
      const own = ownMetrics(row.cell, [...columns, ...dropped], cells);
      const parts = [
        ...dropped.flatMap((column) => sayMetric(cellAt(row, column) ?? row.cell, column.metric, column.head)),
        ...own.flatMap((metric) => sayMetric(row.cell, metric, row.cell.metrics[metric]?.label ?? headOf(metric))),
      ];
      return parts.length === 0 ? [] : [`${row.name}: ${parts.join('; ')}`];
    });
}

function sayMetric(cell: Cell, metric: string, name: string): string[] {
  const unit = cell.metrics[metric]?.unit ?? '';
  const { text, refused } = shown(cell, metric, unit);
  if (text === '' || refused !== undefined) return [];
  if (unit === 'count' && cell.summary[metric]?.high === 0) return []; // an accident that did not happen
  return [[clean(name, 60), text, unitHead(unit)].filter((part) => part !== '').join(' ')];
}

const MEANINGS: Readonly<Record<string, string>> = {
  tail_index: 'doublings of web p99 by busy workers: 1 = twice as long, 3 = eight times',
  interference: '0 = neither disturbs the other, 1 = they share the processor, above 1 = they destroy each other',
};

/** What a column means whose unit does not say it. */
function meanings(rows: readonly Row[], columns: readonly Column[]): string[] {
  return columns.flatMap(({ metric, head, unit }) => {
    const label = rows.find((row) => Object.hasOwn(row.cell.metrics, metric))?.cell.metrics[metric]?.label;
    if (Object.hasOwn(MEANINGS, metric)) return [`${head}: ${MEANINGS[metric]}`];
    const says = label !== undefined && ['index', 'ratio'].includes(unit) && label !== head;
    return says ? [`${head}: ${clean(label, 120)}`] : [];
  });
}

function uneven(rows: readonly Row[]): string[] {
  const text = unevenMachine(rows.map(({ cell }) => cell));
  return text === undefined ? [] : [`! DISTURBED: ${text}`];
}

function warnings(rows: readonly Row[]): string[] {
  const found = rows.flatMap((row) => row.cell.warnings.map(({ message }) => ({ row, text: clean(message) })));
  return alike(found).map(({ text, of }) => `! ${text} (${namesOf(of, rows, 'with what they share')})`);
}

/** The same sentence once, with the names of all rows that have it. */
function grouped(found: readonly { row: Row; text: string }[], all: readonly Row[]): [string, string][] {
  return [...groupBy(found, ({ text }) => text)].map(([text, group]) => [
    text,
    namesOf(
      group.map(({ row }) => row),
      all,
    ),
  ]);
}
