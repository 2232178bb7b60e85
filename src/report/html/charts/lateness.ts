import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { counted, spanOf } from '../spans.js';
import { axis, gridLines, percent } from './bars.js';
import { FIGURES, figure } from './figure.js';
import { percentilePlot, spanned } from './latency.js';
import { type Plots, plots } from './plot.js';
import { own, rowName } from './rows.js';
import { logScale, type Scale } from './scale.js';

/** How late scheduled jobs start; one that starts early has broken a promise, and is red. */
export function lateness(model: ReportModel): Section | undefined {
  const drawn = plots('lateness');
  const parts = model.questions.flatMap((question) => ofQuestion(drawn, question));
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">From the time a job was scheduled for until it started. Shorter is better, but never before that time.</p>
${parts}`;
  return {
    id: 'lateness',
    title: 'Lateness of scheduled jobs',
    short: 'Lateness',
    html,
    ...FIGURES,
    data: drawn.data,
    uses: 'uplot',
  };
}

interface Late {
  readonly cell: ReportCell;
  readonly early: number;
  /** p50, p99 and the worst, in ms, as far as there are numbers that may be believed. */
  readonly ms: readonly (readonly [string, number])[];
}

const METRICS = [
  ['p50', 'late_p50'],
  ['p99', 'late_p99'],
  ['max', 'late_max'],
] as const;

function ofQuestion(drawn: Plots, question: Question): Markup[] {
  const all = question.cells.flatMap((cell): Late[] => {
    if (spanOf(cell.cell, 'late') === undefined && own(cell.cell.metrics, 'late_p50') === undefined) return [];
    if (cell.cell.trials.length === 0) return [];
    const early = counted(cell.cell).reduce((sum, { ledger }) => sum + Math.max(0, ledger.early), 0);
    const ms = METRICS.flatMap(([name, metric]) => {
      const value = own(cell.cell.merged, metric)?.value ?? own(cell.cell.summary, metric)?.median;
      return value === undefined ? [] : [[name, value] as const];
    });
    return [{ cell, early, ms }];
  });
  if (all.length === 0) return [];
  const lines = question.loads.map((load) => {
    const having = spanned(load.cells, 'late');
    return having.length > 0 && percentilePlot(drawn, having, `late ${load.variant}`);
  });
  return [h`${strips(all, question.loads.length > 1 ? 'with params' : 'without params')}${lines}`];
}

function strips(all: readonly Late[], params: Parameters<typeof rowName>[1]): Markup {
  const scale = logScale(
    all.flatMap(({ ms }) => ms.map(([, value]) => value)),
    'ms',
    1.5,
  );
  const note = 'p50, p99 and the latest of all jobs, on a log scale.';
  return figure({
    title: 'Start after the time asked for, ms',
    note,
    chart: h`<div class="bars"><ul>${all.map((one) => strip(one, rowName(one.cell, params), scale))}</ul>${axis(scale, 'ms')}</div>`,
  });
}

const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;

function strip({ cell, early, ms }: Late, name: string, scale: Scale): Markup {
  const said = ms.map(([what, value]) => `${what} ${bare(value, 'ms')}`).join(', ');
  const places = ms.map(([, value]) => percent(scale.share(value)));
  const label = `${name}: ${said === '' ? 'no number' : `${said} ms late`}; ${early === 0 ? 'none early' : `${early} started early`}`;
  return h`<li class="bar ${cell.contender.look.className}">
<span class="bar-name">${early > 0 ? h`<s>${name}</s> <b class="bad">${early.toLocaleString('en-US')} early</b>` : name}</span>
<span class="bar-value">${said === '' ? (cell.cell.reason ?? 'no number') : said}</span>
<svg class="bar-plot" height="${HEIGHT}" role="img" aria-label="${label}"><title>${label}</title>${gridLines(scale, HEIGHT)}
${early > 0 && h`<rect class="early" x="0" y="3" width="8" height="18"/>`}${
  places.length > 1 && h`<line class="strip" x1="${places[0]}" x2="${places.at(-1)}" y1="${MIDDLE}" y2="${MIDDLE}"/>`
}${places.map((x, at) => h`<circle class="${at === 0 ? 'full' : 'dot'}" cx="${x}" cy="${MIDDLE}" r="${at === 0 ? 5 : 4}"/>`)}</svg>
</li>
`;
}
