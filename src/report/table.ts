import type { Cell, ResultFile } from '../core/result.js';
import { sparkline } from './blocks.js';
import { type Column, columnsFor, pivotFor } from './columns.js';
import { type Drawing, gridOf, type Promises } from './grid.js';
import { groupBy } from './group.js';
import { hedged } from './hedged.js';
import { notesOf } from './notes.js';
import { type Paint, paint } from './paint.js';
import { cellAt, mergeRows, type Row, rowsOf, samePromise } from './rows.js';
import { saidOnce } from './saidonce.js';
import { clean, columnsOf, wrap } from './text.js';

export interface TableOptions {
  readonly color?: boolean;
  /** Bars and sparklines, on a terminal that takes Unicode's blocks. */
  readonly blocks?: boolean;
  /** Columns of the terminal; never more than 100 are used. */
  readonly width?: number;
}

const WIDEST = 100;
const NARROWEST = 60;

/** A result for a terminal: a table for each scenario, what must be known to read it, and what was learned. */
export function renderTable(result: ResultFile, options: TableOptions = {}): string {
  const width = Math.min(Math.max(options.width ?? WIDEST, NARROWEST), WIDEST);
  const colors = paint(options.color ?? false);
  const drawing = options.blocks ? 'blocks' : 'plain';
  const blocks = [headline(result, width, colors)];
  const { shared, rest } = saidOnce(result.cells);
  for (const scenario of scenariosOf({ ...result, cells: rest })) blocks.push(block(scenario, width, colors, drawing));
  const notes = shared.map(
    ({ text, labels }) => `! ${clean(text)} (${labels.map((one) => clean(one, 60)).join(', ')})`,
  );
  blocks.push(notes.flatMap((note) => wrap(note, width, '  ').map(colors.warn)).join('\n'));
  blocks.push(reading(result, width, colors));
  return `${blocks.filter((text) => text !== '').join('\n\n')}\n`;
}

interface Section {
  readonly name: string;
  readonly question: string;
  readonly model: string;
  readonly lesson: string;
  /** What a mark behind a name means. */
  readonly marks: string;
  readonly promises: Promises;
  readonly cells: readonly Cell[];
}

/** In the order of the file's own list; cells of scenarios that it does not list come last. */
function scenariosOf(result: ResultFile): Section[] {
  const byName = groupBy(result.cells, (cell) => cell.scenario.name);
  const promises: Promises = result.run.virtual ? 'left out' : 'shown';
  const listed = result.scenarios.map(({ name, question, model, lesson, marks }) => ({
    name,
    question: clean(question),
    model: clean(model),
    lesson: hedged(clean(lesson ?? '', 800), byName.get(name) ?? [], result.run),
    marks: clean(marks ?? '', 200),
    promises,
    cells: byName.get(name) ?? [],
  }));
  const names = new Set(listed.map(({ name }) => name));
  const rest = [...byName]
    .filter(([name]) => !names.has(name))
    .map(([name, cells]) => ({ name, question: '', model: '', lesson: '', marks: '', promises, cells }));
  return [...listed, ...rest].filter(({ cells }) => cells.length > 0);
}

function headline({ run, host, warnings = [] }: ResultFile, width: number, colors: Paint): string {
  const simulated = [`jobbench ${run.jobbench}`, 'VIRTUAL TIME: simulated, nothing was measured', `seed ${run.seed}`];
  const measured = [
    `jobbench ${run.jobbench}`,
    `profile ${run.profile}`,
    `${host.cores} ${host.cores === 1 ? 'core' : 'cores'}, ${host.cpu}${host.virtual ? ' (virtual)' : ''}`,
    host.os,
    `Node ${host.node}`,
  ];
  const facts = run.virtual ? simulated : measured;
  const lines = wrap(facts.map((fact) => clean(fact, 60)).join('; '), width).map(colors.dim);
  if (run.status === 'aborted') lines.push(colors.bad('ABORTED: these are the trials that were finished'));
  for (const { message } of warnings) lines.push(...wrap(`! ${clean(message)}`, width, '  ').map(colors.warn));
  return lines.join('\n');
}

function block(section: Section, width: number, colors: Paint, drawing: Drawing): string {
  const flat = rowsOf(section.cells);
  const pivot = pivotFor(section.name, section.cells);
  const rows = pivot ? mergeRows(flat, pivot.param) : flat;
  const all = pivot?.columns ?? columnsFor(section.name, section.cells);
  const draw = (some: readonly Column[], gap: number) => gridOf(rows, some, gap, colors, drawing, section.promises);
  const { grid, columns, dropped } = fitting(draw, all, width - 2);
  const stands = rows.some(({ cell }) => cell.mark !== undefined) && section.marks !== '';
  const legend = stands ? [`* ${section.marks}`] : [];
  const drawn = drawing === 'blocks' ? trialsNote(rows, columns).map(colors.dim) : [];
  const notes = [...legend, ...drawn, ...notesOf(flat, rows, columns, dropped, colors)].flatMap((note) =>
    wrap(note, width - 2, '  '),
  );
  const title = [clean(section.name, 40), section.question].filter((text) => text !== '').join(': ');
  const lesson = section.lesson === '' ? [] : wrap(`=> ${section.lesson}`, width - 2, '   ').map(colors.good);
  return [
    ...wrap(title, width).map(colors.bold),
    ...wrap(section.model === '' ? '' : `load: ${section.model}`, width - 2, '  ').map(
      (line) => `  ${colors.dim(line)}`,
    ),
    '',
    ...[...grid.split('\n'), '', ...notes, ...lesson].map((line) => (line === '' ? '' : `  ${line}`)),
  ].join('\n');
}

/** Fewer have no course that could be seen. */
const COURSE = 4;

/** The first column's trials in the order in which they were measured: a drift, or one that fell out, is seen. */
function trialsNote(rows: readonly Row[], [column]: readonly Column[]): string[] {
  if (column === undefined) return [];
  const lines = rows.flatMap((row) => {
    const trials = cellAt(row, column)?.trials.filter(({ setAside }) => setAside === undefined) ?? [];
    const values = trials.flatMap(({ values: all }) =>
      Object.hasOwn(all, column.metric) ? (all[column.metric] ?? []) : [],
    );
    return values.length < COURSE ? [] : [`${row.name} ${sparkline(values)}`];
  });
  return lines.length === 0 ? [] : [`trials in order, ${clean(column.head, 40)}: ${lines.join(', ')}`];
}

/** Moves columns closer, then leaves them out from the last one on, until the grid fits; what those hold is said below. */
function fitting(draw: (some: readonly Column[], gap: number) => string, all: readonly Column[], width: number) {
  for (let count = all.length; ; count--) {
    const columns = all.slice(0, count);
    for (const gap of [2, 1]) {
      const grid = draw(columns, gap);
      const fits = grid.split('\n').every((line) => columnsOf(line) <= width);
      if (fits || (count <= 1 && gap === 1)) return { grid, columns, dropped: all.slice(count) };
    }
  }
}

/** Said once for all tables, where there is more than one promise to tell apart. */
function reading(result: ResultFile, width: number, colors: Paint): string {
  const rows = rowsOf(result.cells);
  const [first] = rows;
  if (first === undefined) return '';
  const legend = [
    ...(rows.every((row) => samePromise(first, row)) ? [] : PROMISES),
    ...(rows.some(({ proved }) => proved.length > 0) ? [PROVED] : []),
  ];
  return legend
    .flatMap((line) => wrap(line, width, line.startsWith('d') ? ' '.repeat(12) : ''))
    .map(colors.dim)
    .join('\n');
}

const PROVED = '✓ proved by `jobbench verify` with these options and versions, on this machine';

const PROMISES = [
  'Compare numbers only within a group of rows: groups promise different things, and a weaker promise is cheaper to keep.',
  'delivery    after a crash, at-least-once may repeat a job, and at-most-once may lose it',
  'durability  of accepted jobs nothing is promised once the process that keeps them (Redis, or the program itself) ends (memory); or they survive its end (process-crash), or a loss of power (power-loss)',
];
