import { quantileOf } from '../../../stats/counts.js';
import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { logAxis, zeroAxis } from './axes.js';
import { FIGURES, figure } from './figure.js';
import { type Spanned, spanTabs } from './latency.js';
import { shareLine, valueGrid } from './percentiles.js';
import { linesOf, type Plots, plots } from './plot.js';

/** Which share of the jobs was done within a time: two bumps where some jobs go another way than the rest. */
export function distribution(model: ReportModel): Section | undefined {
  const drawn = plots('distribution');
  const html = spanTabs('distribution', model, (all, span, heap) => sharePlot(drawn, all, `${span} ${heap.name}`));
  if (html === undefined) return undefined;
  const lead = h`<p class="lead">Further to the left is better: how many percent of the jobs took no longer than the time below. A step means that
many jobs took about as long; a flat stretch, that few did.</p>
`;
  return {
    id: 'distribution',
    title: 'Distribution',
    html: h`${lead}${html}`,
    ...FIGURES,
    data: drawn.data,
    uses: 'uplot',
  };
}

const SHARES = [0, 0.25, 0.5, 0.75, 1];

function sharePlot(drawn: Plots, all: readonly Spanned[], span: string): Markup {
  const lines = linesOf(all.map(({ cell }) => cell));
  const grid = valueGrid(all.map(({ counts }) => counts));
  const columns = all.map(({ counts }) => shareLine(counts, grid));
  const title = `${span.trim()}, share of jobs by ms`;
  const spec = {
    x: logAxis('ms', 'ms', grid),
    y: { ...zeroAxis('% of jobs', '%', [95]), max: 100 },
    lines,
    columns: [grid, ...columns],
  };
  const table = {
    heads: ['', 'least', 'a quarter', 'half', 'three quarters', 'most'],
    rows: all.map(({ counts }, at) => [
      lines[at]?.name ?? '',
      ...SHARES.map((q) => `${bare(quantileOf(counts, q), 'ms')} ms`),
    ]),
  };
  return figure({ title, chart: drawn.add(spec, `${title}, the time on a logarithmic axis`), table });
}
