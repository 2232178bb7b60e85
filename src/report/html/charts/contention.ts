import { groupBy } from '../../group.js';
import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { logAxis, zeroAxis } from './axes.js';
import { FIGURES, figure, type Table } from './figure.js';
import { type HeatRow, heatMap } from './heat.js';
import { type Plots, plots } from './plot.js';
import { own } from './rows.js';

/** Where jobs run, as the scenario calls it and as a reader would. */
const PLACEMENTS: Readonly<Record<string, string>> = {
  loop: "on the web server's event loop",
  thread: "in a thread of the web server's process",
  process: 'in a process of their own',
};
const LEVELS: readonly string[] = ['alone', 'idle', 'half', 'equal', 'saturated'];

/** What jobs do to web requests: how the tail grows with the rate of jobs, by where they run. */
export function contention(model: ReportModel): Section | undefined {
  const drawn = plots('contention');
  const parts = model.questions.flatMap((question) => {
    const cells = question.cells.filter(
      (cell) => webP99(cell) !== undefined && wordOf(cell, 'placement') !== undefined,
    );
    return cells.length === 0 ? [] : [h`${curves(drawn, cells)}${map(question, cells)}`];
  });
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">The response time that one web request in a hundred exceeds, beside jobs at the rate below. A line that stays
level means that requests do not feel the jobs.</p>
${parts}`;
  return {
    id: 'contention',
    title: 'Web requests beside jobs',
    short: 'Web requests',
    html,
    ...FIGURES,
    data: drawn.data,
    uses: 'uplot',
  };
}

function webP99({ cell }: ReportCell): number | undefined {
  if (cell.status !== 'ok') return undefined;
  return own(cell.merged, 'web_p99')?.value ?? own(cell.summary, 'web_p99')?.median;
}

/** Jobs per second beside the requests; none where there were no jobs. */
function jobRate({ cell }: ReportCell): number {
  return own(cell.summary, 'jobs_rate')?.median ?? 0;
}

function wordOf({ cell }: ReportCell, param: string): string | undefined {
  const value = own(cell.scenario.params, param);
  return typeof value === 'string' ? value : undefined;
}

/** A plot for each placement, all with the same axes. */
function curves(drawn: Plots, cells: readonly ReportCell[]): Markup {
  const y = logAxis(
    'web p99, ms',
    'ms',
    cells.map((cell) => webP99(cell) ?? null),
  );
  const x = zeroAxis('jobs/s', 'jobs/s', cells.map(jobRate));
  const placed = [...groupBy(cells, (cell) => wordOf(cell, 'placement') ?? '')];
  return h`<div class="facets">${placed.map(([placement, members]) => {
    const lines = [...groupBy(members, ({ contender }) => contender)].map(([contender, all]) => ({
      contender,
      points: pointsOf(all),
    }));
    const xs = [...new Set(lines.flatMap(({ points }) => points.map(([rate]) => rate)))].sort((a, b) => a - b);
    const spec = {
      ...{ x, y },
      lines: lines.map(({ contender: { name, look } }) => ({ name, look, points: 'shown' as const })),
      columns: [xs, ...lines.map(({ points }) => xs.map((rate) => points.find(([own]) => own === rate)?.[1] ?? null))],
      over: 'holes' as const,
    };
    const title = `Jobs ${own(PLACEMENTS, placement) ?? placement}`;
    const label = `${title}: web p99 in ms by jobs per second`;
    return figure({ title, chart: drawn.add(spec, label), table: tableOf(members) });
  })}</div>`;
}

/** Rate and p99, ascending. Without jobs: beside workers that wait, or where that was not measured without any. */
function pointsOf(cells: readonly ReportCell[]): [number, number][] {
  const idle = cells.some((cell) => wordOf(cell, 'level') === 'idle');
  return cells
    .filter((cell) => !(idle && wordOf(cell, 'level') === 'alone'))
    .map((cell): [number, number] => [jobRate(cell), webP99(cell) ?? Number.NaN])
    .sort((a, b) => a[0] - b[0]);
}

function tableOf(cells: readonly ReportCell[]): Table {
  return {
    heads: ['', 'level', 'jobs/s', 'web p99', 'tail index'],
    rows: cells.map((cell) => {
      const index = own(cell.cell.summary, 'tail_index')?.median;
      return [
        cell.contender.name,
        wordOf(cell, 'level') ?? '',
        bare(jobRate(cell), 'jobs/s'),
        `${bare(webP99(cell) ?? Number.NaN, 'ms')} ms`,
        index === undefined ? '' : bare(index, 'index'),
      ];
    }),
  };
}

function map({ name }: Question, cells: readonly ReportCell[]): Markup {
  const seen = new Set(cells.map((cell) => wordOf(cell, 'level') ?? ''));
  const columns = [
    ...LEVELS.filter((level) => seen.has(level)),
    ...[...seen].filter((level) => !LEVELS.includes(level)),
  ];
  const all = cells.map((cell) => webP99(cell) ?? Number.NaN);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const groups = groupBy(
    cells,
    (cell) =>
      `${cell.contender.name}, jobs ${own(PLACEMENTS, wordOf(cell, 'placement') ?? '') ?? wordOf(cell, 'placement')}`,
  );
  const rows = [...groups].map(
    ([row, members]): HeatRow => ({
      name: row,
      cells: columns.map((level) => {
        const cell = members.find((one) => (wordOf(one, 'level') ?? '') === level);
        const p99 = cell === undefined ? undefined : webP99(cell);
        if (cell === undefined || p99 === undefined) return undefined;
        const heat = high > low ? Math.log(p99 / low) / Math.log(high / low) : 0;
        return {
          text: bare(p99, 'ms'),
          label: `${level}: web p99 ${bare(p99, 'ms')} ms, ${bare(jobRate(cell), 'jobs/s')} jobs/s`,
          heat,
        };
      }),
    }),
  );
  const note = 'Darker is slower, on a logarithmic scale. Saturated means as many jobs as the backend takes.';
  return figure({ title: `Web p99 in ms by level of jobs (${name})`, note, chart: heatMap({ columns, rows }) });
}
