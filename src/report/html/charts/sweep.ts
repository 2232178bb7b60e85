import { groupBy } from '../../group.js';
import { bare, unitHead } from '../../numbers.js';
import { lookOf } from '../looks.js';
import { h, type Markup } from '../markup.js';
import type { Contender, Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { logAxis, zeroAxis } from './axes.js';
import { FIGURES, figure, type Table, tabs } from './figure.js';
import { type PlotAxis, type Plots, plots } from './plot.js';
import { own } from './rows.js';

/** Cells that differ in one param only: a curve. */
interface Curve {
  readonly contender: Contender;
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly cell: ReportCell }[];
}

/** How a number follows a param that was given several values: `-P concurrency=1,5,20`. */
export function sweeps(model: ReportModel): Section | undefined {
  const drawn = plots('sweeps');
  const parts = model.questions.flatMap((question) =>
    question.varying.flatMap((param) => {
      const curves = curvesOf(question, param);
      const all = curves.length === 0 ? [] : metricTabs(drawn, question, param, curves);
      if (all.length === 0) return [];
      const id = `sweeps-${question.name.replace(/[^a-z]/gi, '')}-${question.varying.indexOf(param)}`;
      return [h`<h3>${question.name} by ${param}</h3>${tabs(id, `Metrics by ${param}`, all)}`];
    }),
  );
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">One param at several values, all else equal. A ring marks the best value of a line.</p>${parts}`;
  return { id: 'sweeps', title: 'Parameter sweeps', html, ...FIGURES, data: drawn.data, uses: 'uplot' };
}

/** Curves with at least two points; none where the param is a word, such as a placement. */
function curvesOf({ cells, varying }: Question, param: string): Curve[] {
  const points = cells.flatMap((cell) => {
    const x = numberOf(own(cell.cell.scenario.params, param));
    return x === undefined || cell.cell.status !== 'ok' ? [] : [{ x, cell }];
  });
  const rest = (cell: ReportCell) =>
    varying.filter((key) => key !== param).map((key) => `${key}=${String(own(cell.cell.scenario.params, key))}`);
  const groups = groupBy(points, ({ cell }) => JSON.stringify([cell.contender.key, rest(cell)]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || new Set(group.map(({ x }) => x)).size < 2) return [];
    const others = rest(first.cell).join(', ');
    const { contender } = first.cell;
    const name = others === '' ? contender.name : `${contender.name} (${others})`;
    return [{ contender, name, points: group.toSorted((a, b) => a.x - b.x) }];
  });
}

/** Numbers may stand in a param as text, as rates do: `200`, `50%`. */
function numberOf(value: unknown): number | undefined {
  const found = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(?:%|\/s)?$/.exec(value)?.[1] : value;
  const number = typeof found === 'string' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function metricTabs(drawn: Plots, question: Question, param: string, curves: readonly Curve[]) {
  const metrics = new Map(question.cells.flatMap(({ cell }) => Object.entries(cell.metrics)));
  return [...metrics].flatMap(([metric, info]) => {
    const having = curves.filter(
      ({ points }) => points.filter(({ cell }) => shownValue(cell, metric) !== undefined).length > 1,
    );
    if (having.length === 0) return [];
    return [{ name: info.label, html: curvePlot(drawn, { param, metric, ...info }, having) }];
  });
}

/** What tables show first: percentiles of all trials together, else the median of the trials. */
function shownValue({ cell }: ReportCell, metric: string): number | undefined {
  return own(cell.merged, metric)?.value ?? own(cell.summary, metric)?.median;
}

interface Swept {
  readonly param: string;
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

function curvePlot(drawn: Plots, swept: Swept, curves: readonly Curve[]): Markup {
  const { param, metric, label, unit, better } = swept;
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const columns = curves.map(({ points }) =>
    xs.map((x) => {
      const cell = points.find((point) => point.x === x)?.cell;
      return (cell && shownValue(cell, metric)) ?? null;
    }),
  );
  const alone = new Set(curves.map(({ contender }) => contender)).size === curves.length;
  const [low, high] = [xs[0] ?? 0, xs.at(-1) ?? 1];
  const title = `${label}${unitHead(unit) === '' ? '' : `, ${unitHead(unit)}`}, by ${param}`;
  const spec = {
    x: named(low > 0 && high / low >= 8 ? logAxis(param, '', xs) : zeroAxis(param, '', xs), xs),
    y: valueAxis(unit, columns.flat()),
    lines: curves.map(({ contender, name }, at) => ({
      name,
      look: alone ? contender.look : lookOf(at),
      points: 'shown' as const,
    })),
    columns: [xs, ...columns],
    over: 'holes' as const,
    peaks: columns.flatMap((column, line) => bestOf(column, better).map((at) => ({ line, at }))),
  };
  return figure({
    title,
    chart: drawn.add(spec, `${title}; a ring marks the best of each line`),
    table: tableOf(swept, xs, curves, columns),
  });
}

/** Values far apart, and percentiles, are seen on a log axis only. */
function valueAxis(unit: string, values: readonly (number | null)[]): PlotAxis {
  const positive = values.filter((value): value is number => value !== null && value > 0);
  const far = positive.length > 0 && Math.max(...positive) > 20 * Math.min(...positive);
  return far && positive.length === values.filter((value) => value !== null).length
    ? logAxis(unitHead(unit), unit, positive)
    : zeroAxis(unitHead(unit), unit, values);
}

/** With few values the axis names these instead of round numbers. */
function named(axis: PlotAxis, xs: readonly number[]): PlotAxis {
  if (xs.length > 8) return axis;
  const room = axis.kind === 'log' ? { min: (xs[0] ?? 1) / 1.15, max: (xs.at(-1) ?? 1) * 1.15 } : {};
  return { ...axis, ...room, ticks: xs.map((x) => [x, x.toLocaleString('en-US')] as const) };
}

function bestOf(column: readonly (number | null)[], better: Swept['better']): number[] {
  const values = column.filter((value) => value !== null);
  if (values.length < 2) return [];
  const best = better === 'higher' ? Math.max(...values) : Math.min(...values);
  return [column.indexOf(best)];
}

function tableOf(
  { param, unit, better }: Swept,
  xs: readonly number[],
  curves: readonly Curve[],
  columns: readonly (readonly (number | null)[])[],
): Table {
  return {
    heads: [param, ...xs.map((x) => x.toLocaleString('en-US')), 'best at'],
    rows: curves.map(({ name }, line) => {
      const column = columns[line] ?? [];
      const best = xs[bestOf(column, better)[0] ?? -1];
      return [
        name,
        ...column.map((value) => (value === null ? '' : bare(value, unit))),
        best?.toLocaleString('en-US') ?? '',
      ];
    }),
  };
}
