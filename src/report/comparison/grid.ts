import type { Comparison, Verdict } from '../../core/comparison.js';
import type { Drawing } from '../grid.js';
import type { Paint } from '../paint.js';
import { columnsOf, wrap } from '../text.js';
import { blindText } from './blind.js';
import { type CellView, type View, viewsOf } from './view.js';

interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  text(view: View): string;
}

/** In the order in which they are shown. */
const COLUMNS: Readonly<Record<string, Column>> = {
  base: { head: 'base', align: 'right', text: ({ base }) => base },
  head: { head: 'head', align: 'right', text: ({ head }) => head },
  change: { head: 'change', align: 'right', text: ({ change }) => change },
  interval: { head: 'worse by', align: 'left', text: ({ interval }) => interval },
  p: { head: 'p', align: 'right', text: ({ p }) => p },
  n: { head: 'n', align: 'right', text: ({ n }) => n },
  trials: { head: 'trials', align: 'left', text: ({ trials }) => trials },
  verdict: { head: 'verdict', align: 'left', text: ({ verdict }) => verdict },
};
/** On a narrow terminal the first of these go first. */
const EXPENDABLE = ['p', 'trials', 'n', 'interval'];
/** What would say the same of every row where none can conclude anything. */
const SILENT = ['change', 'interval', 'p', 'trials', 'verdict'];
const NARROWEST_NAME = 14;

/** A grid for each scenario, with the same columns in all, as wide as fits. */
export function gridsOf(comparison: Comparison, width: number, paint: Paint, drawing: Drawing = 'plain'): string[] {
  const scenarios = viewsOf(comparison);
  const views = scenarios.flatMap(({ cells }) => cells.flatMap(({ rows }) => rows));
  const silent = blindText(comparison) !== undefined && comparison.rows.every(({ samples }) => !samples.gated);
  const left = drawing === 'plain' ? ['trials'] : [];
  const columns = fitting(views, width, silent ? SILENT : left);
  return scenarios.map(({ scenario, cells }) => {
    const lines = [paint.bold(line(scenario, (column) => column.head, columns))];
    for (const cell of cells) lines.push(...cellLines(cell, columns, width, paint));
    return lines.map((text) => text.trimEnd()).join('\n');
  });
}

interface Fit {
  readonly columns: readonly (Column & { readonly width: number })[];
  readonly nameWidth: number;
}

function fitting(views: readonly View[], width: number, without: readonly string[]): Fit {
  const wanted = Math.max(NARROWEST_NAME, ...views.map(({ metric }) => columnsOf(metric) + INDENT.length));
  for (let dropped = 0; ; dropped++) {
    const gone = [...without, ...EXPENDABLE.slice(0, dropped)];
    const left = Object.entries(COLUMNS).filter(([name]) => !gone.includes(name));
    const columns = left.map(([, column]) => {
      const texts = [column.head, ...views.map((view) => column.text(view))];
      return { ...column, width: Math.max(...texts.map(columnsOf)) };
    });
    const taken = columns.reduce((sum, column) => sum + column.width + GAP.length, 0);
    const nameWidth = Math.min(wanted, width - taken);
    if (nameWidth >= Math.min(wanted, 24) || dropped === EXPENDABLE.length) {
      return { columns, nameWidth: Math.max(nameWidth, NARROWEST_NAME) };
    }
  }
}

const GAP = '  ';
const INDENT = '    ';

function cellLines({ cell, rows }: CellView, fit: Fit, width: number, paint: Paint): string[] {
  const [only] = rows;
  // A cell that is missing as a whole has one row, which may stand beside its name.
  if (only?.row.samples.metric === '*' && columnsOf(cell) <= fit.nameWidth - 2) {
    return [rowLine(`  ${cell}`, only, fit, paint)];
  }
  const name = wrap(cell, width - 2, '  ').map((text) => `  ${text}`);
  const values = rows.flatMap((view) => {
    const [first = '', ...rest] = wrap(view.metric, fit.nameWidth - INDENT.length);
    return [rowLine(`${INDENT}${first}`, view, fit, paint), ...rest.map((more) => `${INDENT}${more}`)];
  });
  return [...name, ...values];
}

function rowLine(name: string, view: View, fit: Fit, paint: Paint): string {
  const text = line(name, (column) => column.text(view), fit).trimEnd();
  if (!view.row.samples.gated) return paint.dim(text);
  // The verdict is the last column.
  return text.slice(0, -view.verdict.length) + colorOf(view.row.verdict, paint)(view.verdict);
}

function line(name: string, textOf: (column: Column) => string, { columns, nameWidth }: Fit): string {
  const cells = columns.map((column) => pad(textOf(column), column.width, column.align));
  return [pad(name, nameWidth, 'left'), ...cells].join(GAP);
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return align === 'left' ? text + space : space + text;
}

function colorOf(verdict: Verdict, paint: Paint): (text: string) => string {
  if (verdict === 'regression' || verdict === 'missing') return paint.bad;
  return verdict === 'pass' || verdict === 'improvement' ? paint.good : paint.warn;
}
