import { bare } from '../../numbers.js';
import { h } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { type Bar, barChart } from './bars.js';
import { FIGURES, figure, type Table } from './figure.js';
import { type Group, grouped, own, rowName, type Spread, spreadOf } from './rows.js';

/** Rates that say how fast an offered load came, or what was left beside web requests: other sections show them. */
const NOT_ITS_OWN: readonly string[] = ['achieved_rate', 'jobs_rate'];

/** How many jobs per second: a bar each, with its interval and a dot for every trial. */
export function throughput(model: ReportModel): Section | undefined {
  const parts = model.questions.flatMap((question) => {
    const charts = ratesOf(question).flatMap((metric) => chartOf(question, metric, model) ?? []);
    return charts.length === 0 ? [] : [h`<h3>${question.name}</h3><div class="charts">${charts}</div>`];
  });
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">Longer is better. A bar ends at the median of the trials, the line across its end is the interval of that
median, and each dot is a trial.
On a log scale bars do not begin at 0: compare their ends.</p>
${parts}`;
  return { id: 'throughput', title: 'Throughput', html, ...FIGURES };
}

function ratesOf({ cells }: Question): string[] {
  const names = new Set(cells.flatMap(({ cell }) => Object.keys(cell.metrics)));
  const isRate = (name: string) => cells.some(({ cell }) => own(cell.metrics, name)?.unit === 'jobs/s');
  return [...names].filter((name) => isRate(name) && !NOT_ITS_OWN.includes(name));
}

interface Rated {
  readonly cell: ReportCell;
  readonly spread: Bar['spread'];
}

function chartOf({ cells, loads }: Question, metric: string, model: ReportModel) {
  const shown = cells.flatMap((cell): Rated[] => {
    const spread = shownSpread(cell, metric);
    return spread === undefined ? [] : [{ cell, spread }];
  });
  const [first] = shown;
  if (first === undefined || shown.every(({ spread }) => 'refused' in spread)) return undefined;
  const label = own(first.cell.cell.metrics, metric)?.label ?? metric;
  const name = (cell: ReportCell) => rowName(cell, loads.length > 1 ? 'with params' : 'without params');
  return figure({
    title: `${label}, jobs/s`,
    chart: barChart({ groups: barGroups(shown, model, name), unit: 'jobs/s', what: `${label} per second` }),
    table: tableOf(shown, name),
  });
}

/** What a cell stands for, or says why it has no number; undefined where it was not asked for one. */
function shownSpread(cell: ReportCell, metric: string): Bar['spread'] | undefined {
  const refused = own(cell.cell.refused, metric);
  // Some trials may have a number of which the cell as a whole is not sure.
  if (refused !== undefined && cell.cell.status === 'ok') return { refused };
  return spreadOf(cell, ({ values }) => own(values, metric));
}

/** Bars under the headings that `grouped` gives them. */
export function barGroups(
  shown: readonly Rated[],
  model: ReportModel,
  name: (cell: ReportCell) => string,
): Group<Bar>[] {
  const spreads = new Map(shown.map(({ cell, spread }) => [cell, spread]));
  const cells = shown.map(({ cell }) => cell);
  return grouped(cells, model).map((group) => ({
    name: group.name,
    members: group.members.flatMap((cell) => barOf(cell, name(cell), spreads.get(cell)) ?? []),
  }));
}

function barOf(cell: ReportCell, name: string, spread: Bar['spread'] | undefined): Bar | undefined {
  if (spread === undefined) return undefined;
  const invalid = cell.cell.status === 'invalid' ? (cell.cell.reason ?? 'not to be believed') : undefined;
  return { name, className: cell.contender.look.className, spread, ...(invalid !== undefined && { invalid }) };
}

function tableOf(shown: readonly Rated[], name: (cell: ReportCell) => string): Table {
  return {
    heads: ['', 'median', 'from', 'to', 'trials', 'each trial'],
    rows: shown.map(({ cell, spread }) => [name(cell), ...('refused' in spread ? [spread.refused] : inWords(spread))]),
  };
}

function inWords({ median, low, high, values }: Spread): string[] {
  const texts = [median, low, high, ...values].map((value) => bare(value, 'jobs/s'));
  return [...texts.slice(0, 3), String(values.length), texts.slice(3).join('  ')];
}
