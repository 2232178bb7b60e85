import type { Trial } from '../../../core/result.js';
import { bare } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { Question, ReportCell, ReportModel } from '../model.js';
import type { Section } from '../section.js';
import { barChart } from './bars.js';
import { FIGURES, figure, tabs } from './figure.js';
import { rowName, type Spread, spreadOf } from './rows.js';
import { barGroups } from './throughput.js';

interface Cost {
  readonly title: string;
  readonly unit: string;
  read(trial: Trial): number | undefined;
}

const COSTS: readonly Cost[] = [
  { title: 'Processor time for 1,000 jobs, ms', unit: 'ms', read: ({ resources }) => resources.cpuMsPer1kJobs },
  {
    title: 'Bytes on disk for 1,000 jobs',
    unit: 'bytes',
    read: ({ resources: { storeBytes }, ledger: { completed } }) =>
      storeBytes === undefined || completed <= 0 ? undefined : (storeBytes * 1000) / completed,
  },
  { title: 'Most memory of one process', unit: 'bytes', read: ({ resources }) => resources.peakRssBytes },
];

/** What a job costs the machine: who is fast may still be dear. */
export function cost(model: ReportModel): Section | undefined {
  const parts = model.questions.flatMap((question) => {
    const charts = COSTS.flatMap((one) => chartOf(one, question, model) ?? []);
    return charts.length === 0 ? [] : [{ name: question.name, html: h`<div class="charts">${charts}</div>` }];
  });
  if (parts.length === 0) return undefined;
  const html = h`<p class="lead">Shorter is better. Processor time is that of workers, producers and a server that was started for the run;
bytes are those that were on disk at the end, of all jobs of the trial, the warm-up's too.</p>
${tabs('cost', 'Scenarios', parts)}`;
  return { id: 'cost', title: 'What jobs cost', html, ...FIGURES };
}

function chartOf({ title, unit, read }: Cost, question: Question, model: ReportModel): Markup | undefined {
  const shown = question.cells.flatMap((cell): { cell: ReportCell; spread: Spread }[] => {
    const spread = spreadOf(cell, read);
    return spread === undefined ? [] : [{ cell, spread }];
  });
  if (shown.every(({ spread }) => spread.high === 0)) return undefined;
  const name = (cell: ReportCell) => rowName(cell, question.loads.length > 1 ? 'with params' : 'without params');
  return figure({
    title,
    chart: barChart({ groups: barGroups(shown, model, name), unit, what: title }),
    table: {
      heads: ['', 'median', 'from', 'to', 'trials'],
      rows: shown.map(({ cell, spread: { median, low, high, values } }) => [
        name(cell),
        ...[median, low, high].map((value) => bare(value, unit)),
        String(values.length),
      ]),
    },
  });
}
