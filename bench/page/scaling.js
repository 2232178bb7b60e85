import { compact, table, threeDigits } from './text.js';

/** What a figure counts: the same adapter does more jobs a second where nobody enqueues meanwhile. */
const METRICS = {
  pipeline_rate: 'Jobs enqueued and done at the same time (`pipeline_rate`)',
  drain_rate: 'Jobs done while nobody enqueues (`drain_rate`)',
  held_rate: 'Jobs enqueued and done at the same time at that depth (`held_rate`)',
};

/**
 * A sweep of `jobbench run` as a table: a row for each value, a column for each adapter.
 * @param sweep name, param, metric, and how a value is written
 * @param result a result file, or nothing
 */
export function sweepText({ param, metric, write = String }, result) {
  if (result === undefined) return '_Not measured yet._';
  const cells = result.cells.filter(({ scenario }) => scenario.params[param] !== undefined);
  const values = [...new Set(cells.map(({ scenario }) => scenario.params[param]))].sort((a, b) => a - b);
  const adapters = [...new Set(cells.map(({ adapter }) => adapter.label))];
  const find = (value, label) =>
    cells.find(({ scenario, adapter }) => scenario.params[param] === value && adapter.label === label);
  const rows = values.map((value) => [write(value), ...adapters.map((label) => cellText(find(value, label), metric))]);
  const figures = table([param, ...adapters.map((label) => `\`${label}\``)], rows);
  return [figures, `${METRICS[metric] ?? metric}. ${commandText(result)}`].join('\n\n');
}

/** `12.3k/s, 81.3 µs [79.0 84.1]`, or the word for why not. */
function cellText(cell, metric) {
  if (cell === undefined) return '-';
  const found = cell.summary?.[metric];
  if (cell.status !== 'ok' || found === undefined) return cell.status === 'ok' ? '-' : cell.status;
  if (found.low <= 0) return 'no number: a trial had too few jobs';
  const us = (rate) => threeDigits(1e6 / rate);
  return `${compact(found.median)}/s, ${us(found.median)} µs [${us(found.high)} ${us(found.low)}]`;
}

function commandText({ run, host, cells }) {
  const trials = Math.max(...cells.map(({ trials: all = [] }) => all.length));
  const load = host.noise.load1.toFixed(1);
  return `\`jobbench ${run.command.join(' ')}\`, ${run.startedAt.slice(0, 10)}, ${trials} trials a cell, load average ${load}; in brackets the least and the greatest.`;
}
