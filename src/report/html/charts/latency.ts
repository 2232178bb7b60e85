import type { Counts } from '../../../stats/counts.js';
import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { spanNames, spanOf } from '../spans.js';
import { logAxis, tailAxis } from './axes.js';
import { FIGURES, figure, type Table, tabs } from './figure.js';
import { LEAST_MS, NAMED, percentileName, type Told, tailGrid, tailLine, told } from './percentiles.js';
import { linesOf, type Plots, plots } from './plot.js';
import { type Heap, heapsOf } from './rows.js';

/** Who has samples of a span under one load. */
export interface Spanned {
  readonly cell: ReportCell;
  readonly counts: Counts;
}

/** Latency by percentile, a line for each adapter: the tail is what users meet, and an average hides it. */
export function latency(model: ReportModel): Section | undefined {
  const drawn = plots('latency');
  const html = spanTabs('latency', model, (all, span, heap) => percentilePlot(drawn, all, `${span} ${heap.name}`));
  if (html === undefined) return undefined;
  const lead = h`<p class="lead">Lower is better. To the right stand rarer, slower jobs: of 1,000 jobs ten are slower than p99. A line ends
where fewer than 10 jobs would be beyond it.</p>
`;
  return {
    id: 'latency',
    title: 'Latency by percentile',
    short: 'Latency',
    html: h`${lead}${html}`,
    ...FIGURES,
    data: drawn.data,
    uses: 'uplot',
  };
}

/** Spans that sections of their own show. */
const ELSEWHERE = /^(phase_.*|web|late)$/;

/** A figure for each span of each load of each question, the spans in tabs. Undefined where nobody has samples. */
export function spanTabs(
  id: string,
  model: ReportModel,
  draw: (all: readonly Spanned[], span: string, heap: Heap) => Markup,
): Markup | undefined {
  const parts = model.questions.flatMap((question, place) => {
    const html = tabs(
      `${id}${place}`,
      `Spans of ${question.name}`,
      spansOf(question).map((span) => ({
        name: span,
        html: h`${together(heapsOf(question, model), span).map((heap) => {
          const all = spanned(heap.cells, span);
          return all.length > 0 && h`${heap.name !== '' && h`<h5>${heap.name}</h5>`}${draw(all, span, heap)}`;
        })}`,
      })),
    );
    return html.markup === '' ? [] : [h`<h3>${question.name}</h3>${html}`];
  });
  return parts.length === 0 ? undefined : h`${parts}`;
}

/** More lines than this hide each other. */
const MOST_LINES = 12;

/** Where every heap has one line, as of one adapter at many loads, they are told apart better in one plot than in a row of plots. */
function together(heaps: readonly Heap[], span: string): readonly Heap[] {
  const lines = heaps.map(({ cells }) => spanned(cells, span)).filter((all) => all.length > 0);
  if (lines.length < 2 || lines.length > MOST_LINES || lines.some((all) => all.length > 1)) return heaps;
  return [{ name: '', cells: lines.flatMap((all) => all.map(({ cell }) => cell)) }];
}

function spansOf({ cells }: Question): string[] {
  const names = new Set(cells.flatMap(({ cell }) => spanNames(cell)));
  return [...names].filter((name) => !ELSEWHERE.test(name) && spanned(cells, name).length > 0);
}

/** Cells that have samples of a span, and may be believed. */
export function spanned(cells: readonly ReportCell[], span: string): Spanned[] {
  return cells.flatMap((cell) => {
    const counts = cell.cell.status === 'ok' ? spanOf(cell.cell, span) : undefined;
    return counts === undefined ? [] : [{ cell, counts }];
  });
}

/** Lines of one span by percentile, with their table. */
export function percentilePlot(drawn: Plots, all: readonly Spanned[], span: string): Markup {
  const grid = tailGrid();
  const columns = all.map(({ counts }) =>
    tailLine(counts, grid).map((ms) => (ms === null ? null : Math.max(ms, LEAST_MS))),
  );
  const last = columns.reduce(
    (end, column) =>
      Math.max(
        end,
        column.findLastIndex((value) => value !== null),
      ),
    0,
  );
  const title = `${span.trim()}, ms by percentile`;
  const spec = {
    x: tailAxis(grid[last] ?? 0),
    y: logAxis('ms', 'ms', columns.flat()),
    lines: linesOf(all.map(({ cell }) => cell)),
    columns: [grid.slice(0, last + 1), ...columns.map((column) => column.slice(0, last + 1))],
  };
  return figure({ title, chart: drawn.add(spec, `${title}, both axes logarithmic`), table: tableOf(all) });
}

function tableOf(all: readonly Spanned[]): Table {
  const lines = linesOf(all.map(({ cell }) => cell));
  return {
    heads: ['', ...NAMED.map(percentileName), 'samples'],
    rows: all.map(({ counts }, at) => [
      lines[at]?.name ?? '',
      ...NAMED.map((q) => inWords(told(counts, q))),
      counts.samples.toLocaleString('en-US'),
    ]),
  };
}

function inWords(one: Told): string | Markup {
  if ('needs' in one) return h`<span class="soft">needs ${one.needs.toLocaleString('en-US')}</span>`;
  return `${one.trust === 'rough' ? '~' : ''}${bare(one.ms, 'ms')} ms`;
}
