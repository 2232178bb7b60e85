import { lookOf } from '../looks.js';
import { h, type Markup } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { logAxis, timeAxis, zeroAxis } from './axes.js';
import { FIGURES, figure, tabs } from './figure.js';
import { type PlotAxis, type PlotLine, type Plots, plots } from './plot.js';
import { heapsOf, own } from './rows.js';
import { type Run, runsOf } from './runs.js';
import { FAR_APART } from './scale.js';
import { thin } from './thin.js';

/** How a series is drawn; those of a file that are not here are drawn under their own name. */
interface Kind {
  readonly label: string;
  readonly unit: string;
  /** Counts of an interval are told for a second, and bytes as MB, so that an axis has round numbers. */
  readonly per?: 'second' | 'MB';
}

const KINDS: Readonly<Record<string, Kind>> = {
  settled: { label: 'jobs completed', unit: 'jobs/s', per: 'second' },
  answered: { label: 'web requests answered', unit: 'req/s', per: 'second' },
  backlog: { label: 'backlog: accepted, not yet done', unit: 'count' },
  lag: { label: 'generator lag: how late jobs were sent, worst', unit: 'ms' },
  loopDelay: { label: 'event-loop delay of the web server, worst', unit: 'ms' },
  memory: { label: 'memory of all processes', unit: 'MB', per: 'MB' },
};

/** Places on a line: about two pixels each on a laptop. */
const MOST_PLACES = 300;
/** More lines than this hide each other. */
const MOST_LINES = 12;

/** How a trial went, second by second: whether it was steady is not to be seen from its numbers. */
export function timeSeries(model: ReportModel): Section | undefined {
  const drawn = plots('series');
  const parts = model.questions.flatMap((question) => {
    const html = ofQuestion(drawn, question, model);
    return html === undefined ? [] : [{ name: question.name, html }];
  });
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">The trial in the middle of each cell, from its start. Time counts from the end of the warm-up, which is
shaded and not part of any number; trials take as long as their backend needs.</p>
${tabs('series', 'Scenarios', parts)}`;
  return { id: 'series', title: 'Over time', html, ...FIGURES, data: drawn.data, uses: 'uplot' };
}

function ofQuestion(drawn: Plots, question: Question, model: ReportModel): Markup | undefined {
  if (model.by === 'scenario') return ofCells(drawn, question.cells, question.name);
  const parts = heapsOf(question, model).flatMap(({ name, cells }) => {
    const html = ofCells(drawn, cells, question.name);
    return html === undefined ? [] : [h`<h5>${name}</h5>${html}`];
  });
  return parts.length === 0 ? undefined : h`${parts}`;
}

function ofCells(drawn: Plots, cells: readonly ReportCell[], name: string): Markup | undefined {
  const runs = runsOf(cells.filter(({ cell }) => cell.status !== 'failed')).slice(0, MOST_LINES);
  const known = Object.keys(KINDS);
  const present = new Set(runs.flatMap(({ trial }) => Object.keys(trial.series)));
  const kinds = [...known, ...[...present].filter((kind) => !known.includes(kind)).sort()];
  const plotted = kinds.filter((kind) => present.has(kind)).flatMap((kind) => plotOf(drawn, kind, runs, name) ?? []);
  return plotted.length === 0 ? undefined : h`<div class="charts">${plotted}</div>`;
}

function plotOf(drawn: Plots, kind: string, runs: readonly Run[], question: string): Markup | undefined {
  const { label, unit, per } = own(KINDS, kind) ?? { label: kind, unit: '' };
  const having = runs.filter(({ trial }) => (own(trial.series, kind)?.values.length ?? 0) > 1);
  const stepMs = Math.max(1, ...having.map(({ trial }) => own(trial.series, kind)?.intervalMs ?? 0));
  const all = having.map((run) => ({ run, ...placed(run, kind, stepMs, per) }));
  if (all.every(({ values }) => values.every((value) => value === 0))) return undefined;
  const from = Math.min(...all.map(({ first }) => first));
  const to = Math.max(...all.map(({ first, values }) => first + values.length));
  const whole = Array.from({ length: to - from }, (_, at) => Number((((from + at) * stepMs) / 1000).toFixed(3)));
  const lines = all.map(({ first, values }) => whole.map((_, at) => values[from + at - first] ?? null));
  const kept = thin({ x: whole, lines }, MOST_PLACES);
  const [start, end] = [kept.x[0] ?? 0, (to * stepMs) / 1000];
  const title = unit === '' || unit === 'count' ? label : `${label}, ${unit}`;
  const spec = {
    x: timeAxis('s', start, end),
    y: valueAxis(unit, kept.x, kept.lines),
    lines: looks(all.map(({ run }) => run)),
    columns: [kept.x, ...kept.lines],
    ...(start < 0 && { shade: { from: start, to: 0 } }),
    sync: `series-${question}`,
  };
  return figure({ title, chart: drawn.add(spec, `${title}, over the seconds of a trial`) });
}

/** Lines far apart are seen on a log axis only. What the warm-up reached does not count: it may leave the top. */
function valueAxis(unit: string, x: readonly number[], lines: readonly (readonly (number | null)[])[]): PlotAxis {
  const measured = lines.map((line) =>
    line.filter((value, at): value is number => value !== null && (x[at] ?? 0) >= 0),
  );
  const peaks = measured
    .map((values) => values.reduce((most, value) => Math.max(most, value), 0))
    .filter((peak) => peak > 0);
  const label = unit === 'count' ? 'jobs' : unit;
  const far = peaks.length > 1 && Math.max(...peaks) > FAR_APART * Math.min(...peaks);
  if (!far) return zeroAxis(label, unit, peaks);
  return logAxis(label, unit, [Math.min(...peaks) / 20, Math.max(...peaks)]);
}

/** The values of a series on a grid that has 0 where the warm-up ends. */
function placed({ trial, warmUpS }: Run, kind: string, stepMs: number, per: Kind['per']) {
  const { intervalMs, values } = own(trial.series, kind) ?? { intervalMs: stepMs, values: [] };
  const scale = per === 'second' ? 1000 / intervalMs : per === 'MB' ? 1 / 1024 ** 2 : 1;
  const first = -Math.round((warmUpS * 1000) / stepMs);
  if (intervalMs === stepMs) return { first, values: values.map((value) => value * scale) };
  const length = Math.ceil((values.length * intervalMs) / stepMs);
  const at = (place: number) => values[Math.floor((place * stepMs) / intervalMs)] ?? 0;
  return { first, values: Array.from({ length }, (_, place) => at(place) * scale) };
}

/** An adapter has its own look unless several lines are its. */
function looks(runs: readonly Run[]): PlotLine[] {
  const alone = new Set(runs.map(({ cell }) => cell.contender)).size === runs.length;
  return runs.map(({ cell, name }, at) => ({ name, look: alone ? cell.contender.look : lookOf(at) }));
}
