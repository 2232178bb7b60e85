import Table from 'cli-table3';
import { bar } from './blocks.js';
import type { Column } from './columns.js';
import { statusWord } from './notes.js';
import { unitHead } from './numbers.js';
import type { Paint } from './paint.js';
import { cellAt, type Row, samePromise } from './rows.js';
import { clean, columnsOf, wrap } from './text.js';
import { shown } from './value.js';

/** A cell of the grid: one string a line, all of one row shown beside each other. */
type Lines = readonly string[];

/** What a terminal shows of Unicode's blocks: bars in cells where it takes them. */
export type Drawing = 'blocks' | 'plain';

/** The grid of one scenario, without what stands above and below it. @param gap spaces between columns */
export function gridOf(
  rows: readonly Row[],
  columns: readonly Column[],
  gap: number,
  paint: Paint,
  drawing: Drawing = 'plain',
  promises: Promises = 'shown',
): string {
  const withSetting = rows.some((row) => row.cell.setting !== undefined);
  const body: Lines[][] = [];
  rows.forEach((row, at) => {
    const above = rows[at - 1];
    if (above !== undefined && !samePromise(above, row)) body.push([]);
    const drawn = drawing === 'blocks' ? barsOf(row, rows, columns) : [];
    body.push(gridRow(row, columns, drawn, paint, promises));
  });
  const head: Lines[] = [
    withSetting ? ['adapter', 'load'] : ['adapter'],
    ...columns.map((column) => [...wrap(clean(column.head, 40), 14), unitHead(column.unit)]),
    ...(promises === 'shown' ? [['delivery', 'durability']] : []),
  ];
  return draw(head, body, gap, paint);
}

/** Where nothing was run no promise was kept. */
export type Promises = 'shown' | 'left out';

function gridRow(
  row: Row,
  columns: readonly Column[],
  bars: readonly string[],
  paint: Paint,
  promises: Promises,
): Lines[] {
  const setting = clean(row.cell.setting ?? '', 60);
  const options = row.adapter.split(/[?&]/).flatMap((part) => wrap(part, NAME_WIDTH, '  '));
  const [first = '', ...more] = options;
  const outstanding = row.cell.mark === undefined ? first : `${first} *`;
  const name = [outstanding, ...more, ...wrap(row.variant, NAME_WIDTH), ...wrap(setting, NAME_WIDTH)];
  const promised = [marked(row, 'delivery'), marked(row, 'durability')].map(paint.dim);
  return [name, ...values(row, columns, bars, paint), ...(promises === 'shown' ? [promised] : [])];
}

/** Wide enough for `process, saturated`; what is longer takes another line. */
const NAME_WIDTH = 18;

function values(row: Row, columns: readonly Column[], bars: readonly string[], paint: Paint): Lines[] {
  let verdict = '';
  let trouble: string | undefined;
  return columns.map((column, at) => {
    const { metric, unit } = column;
    const cell = cellAt(row, column);
    if (cell === undefined) return [];
    if (cell.status !== 'ok') {
      if (trouble === cell.status) return [];
      trouble = cell.status;
      const color = cell.status === 'skipped' ? paint.warn : paint.bad;
      return [color(statusWord(cell.status))];
    }
    const { text, span, refused } = shown(cell, metric, unit);
    // A verdict on the whole row is said once.
    const again = refused !== undefined && refused === verdict;
    verdict = refused ?? verdict;
    return [again ? '-' : text, paint.dim(span), ...(bars[at] ? [bars[at]] : [])];
  });
}

const BAR_WIDTH = 8;

/** Rates as bars: the share of the greatest among rows of the same promise, because only those may be compared. */
function barsOf(row: Row, rows: readonly Row[], columns: readonly Column[]): string[] {
  const peers = rows.filter((other) => samePromise(row, other));
  return columns.map((column) => {
    const value = rateAt(row, column);
    const all = peers.flatMap((other) => rateAt(other, column) ?? []);
    return value === undefined || all.length < 2 ? '' : bar(value, Math.max(...all), BAR_WIDTH);
  });
}

function rateAt(row: Row, column: Column): number | undefined {
  const cell = cellAt(row, column);
  if (cell?.status !== 'ok' || !column.unit.endsWith('/s') || !Object.hasOwn(cell.summary, column.metric))
    return undefined;
  return cell.summary[column.metric]?.median;
}

/** No lines but one under the head: rows of two lines are told apart by their second, which is bracketed. */
function draw(head: readonly Lines[], body: readonly (readonly Lines[])[], gap: number, paint: Paint): string {
  const widths = head.map((cell, at) => Math.max(...[cell, ...body.map((row) => row[at] ?? [])].map(widest)));
  const rule = widths.map((width) => '─'.repeat(width));
  const table = new Table({
    chars: { ...NO_LINES, middle: ' '.repeat(gap) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  const cells = (row: readonly Lines[]) => head.map((_, at) => ({ content: (row[at] ?? []).join('\n') }));
  table.push(cells(head.map((cell) => cell.map(paint.bold))), cells(rule.map((line) => [paint.dim(line)])));
  for (const row of body) table.push(cells(row));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function widest(lines: Lines): number {
  return Math.max(0, ...lines.map(columnsOf));
}

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((name) => [name, '']),
);

/** A promise that was proved carries a mark; the legend says what it means. */
function marked(row: Row, promise: 'delivery' | 'durability'): string {
  return row.proved.includes(promise) ? `${row[promise]} ✓` : row[promise];
}
