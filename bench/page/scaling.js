import { load } from '../../scripts/bench/setup.js';
import { figuresText, rateText } from './figures.js';
import { intervalOf, threeDigits } from './text.js';

const { groupBy } = await load('report/group.js');

/** What a figure counts: the same adapter does more jobs a second where nobody enqueues meanwhile. */
const METRICS = {
  pipeline_rate: 'Jobs enqueued and done at the same time (`pipeline_rate`)',
  drain_rate: 'Jobs done while nobody enqueues (`drain_rate`)',
};

const code = (label) => `\`${label}\``;

/**
 * A sweep of `jobbench run` as a table for each metric: a row for each value, a column for each adapter.
 * @param sweep param, metrics, and how a value is written
 * @param results name of a run -> its result file, of those that there are
 */
export function sweepText(sweep, results) {
  const { param, metrics, write = String } = sweep;
  const cells = cellsOf(results).filter(({ scenario }) => scenario.params[param] !== undefined);
  const values = [...new Set(cells.map(({ scenario }) => scenario.params[param]))].sort((a, b) => a - b);
  const labels = [...new Set(cells.map(({ adapter }) => adapter.label))];
  const find = (value, label) =>
    cells.find(({ scenario, adapter }) => scenario.params[param] === value && adapter.label === label);
  const rowsOf = (metric) =>
    values.map((value) => ({
      names: [write(value)],
      figures: labels.map((label) => ({ of: code(label), cell: find(value, label), metric, write: rateText })),
    }));
  const heads = [param, ...labels.map(code)];
  const about = (metric) => `${METRICS[metric] ?? metric}. ${growthText(sweep, cells, metric)}`.trim();
  const tables = metrics.map((metric) => tableText(heads, rowsOf(metric), about(metric)));
  return sourced(tables, sweep, results);
}

/** What a backlog costs: a row for each adapter and depth. */
export function backlogText(sweep, results) {
  const { param, write } = sweep;
  const columns = [
    { of: 'enqueued and done, at that depth', metric: 'held_rate', write: rateText },
    { of: 'enqueue, nobody works', metric: 'enqueue_rate', write: rateText },
    { of: 'p50 of an enqueue, ms', metric: 'enqueue_p50' },
    { of: 'p99, ms', metric: 'enqueue_p99' },
    { of: 'drained', metric: 'drain_rate', write: rateText },
  ];
  const depth = ({ scenario }) => scenario.params[param];
  const rows = [...groupBy(cellsOf(results), ({ adapter }) => adapter.label)].flatMap(([label, cells]) =>
    [...cells]
      .sort((a, b) => depth(a) - depth(b))
      .map((cell) => ({ names: [code(label), write(depth(cell))], figures: columns.map((one) => ({ ...one, cell })) })),
  );
  const about = [
    '`held_rate`; `enqueue_rate`, `enqueue_p50` and `enqueue_p99` with 64 calls in flight; `drain_rate`.',
    growthText(sweep, cellsOf(results), 'held_rate'),
  ];
  return sourced(
    [tableText(['adapter', 'waiting', ...columns.map(({ of }) => of)], rows, about.join(' '))],
    sweep,
    results,
  );
}

/** What a rest costs, and how soon a job starts after it: a row for each adapter. */
export function idleText(sweep, results) {
  const columns = [
    { run: 'idle', of: 'CPU, % of a core', metric: 'idle_cpu' },
    { run: 'idle', of: 'garbage collection, % of the time', metric: 'idle_cpu', write: garbageText },
    { run: 'idle', of: 'wake-ups/s', metric: 'wakeups' },
    { run: 'idle', of: 'queries/s', metric: 'queries' },
    { run: 'idle', of: 'first job after a minute, ms', metric: 'pickup' },
    { run: 'pickup', of: 'first job after a second, ms', metric: 'pickup' },
  ];
  const rows = [...groupBy(cellsOf(results), ({ adapter }) => adapter.label).keys()].map((label) => ({
    names: [code(label)],
    figures: columns.map((column) => ({
      ...column,
      cell: results[column.run]?.cells.find(({ adapter }) => adapter.label === label),
    })),
  }));
  const about = '`idle_cpu`, `wakeups`, `queries` and `pickup`, of all processes: ours, the server, the machines.';
  return sourced([tableText(['adapter', ...columns.map(({ of }) => of)], rows, about)], sweep, results);
}

/** The event loops of our processes stood still for it, in percent of the rest. */
function garbageText({ trials, scenario }) {
  const shares = trials.map(({ resources }) => (100 * resources.gcMs) / scenario.params.duration);
  return threeDigits(intervalOf(shares).median);
}

const cellsOf = (results) => Object.values(results).flatMap(({ cells }) => cells);

const tableText = (heads, rows, about) => [figuresText(heads, rows), about].join('\n\n');

/**
 * What becomes of each adapter as the value grows, by the words of the sweep: only what trials agree on is called more or less.
 * @returns '' for a sweep that has no `grows`
 */
function growthText({ param, grows }, cells, metric) {
  if (grows === undefined) return '';
  const measured = cells.filter(({ status, summary }) => status === 'ok' && summary[metric]?.low > 0);
  const lines = [...groupBy(measured, ({ adapter }) => adapter.label)].map(([label, all]) => {
    const [first, ...others] = [...all].sort((a, b) => a.scenario.params[param] - b.scenario.params[param]);
    const one = first.summary[metric];
    const said = others
      .map(({ scenario, summary }) => ({ value: scenario.params[param], rate: summary[metric] }))
      .filter(({ rate }) => rate.low > one.high || rate.high < one.low)
      .map(({ value, rate }) => `${threeDigits(rate.median / one.median)} at ${value.toLocaleString('en-US')}`);
    return others.length === 0 ? '' : `${code(label)} ${said.length === 0 ? 'the same' : said.join(', ')}`;
  });
  const found = lines.filter((line) => line !== '');
  return found.length === 0 ? '' : `${grows} (the same: trials overlap): ${found.join('; ')}.`;
}

/** Tables with the commands that made them, and those that are still to be run. */
function sourced(tables, { runs = {} }, results) {
  const files = Object.values(results);
  if (files.length === 0) return '_Not measured yet._';
  const lines = [...files.map(commandText), ...absences(runs, results)];
  const text = tables.join('\n\n');
  return lines.length === 1 ? `${text} ${lines[0]}` : `${text}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

/** Runs without a file, and adapters that a run has had since its file was written. */
function absences(runs, results) {
  return Object.entries(runs).flatMap(([name, { args }]) => {
    const command = `\`jobbench run ${args.join(' ')}\``;
    if (results[name] === undefined) return [`Not measured yet: ${command}.`];
    const there = results[name].cells.map(({ adapter }) => adapter.label);
    const absent = args[args.indexOf('--adapter') + 1].split(',').filter((label) => !there.includes(label));
    return absent.length === 0 ? [] : [`Not measured yet: ${absent.map(code).join(', ')} of ${command}.`];
  });
}

function commandText({ run, host, cells }) {
  const trials = Math.max(...cells.map(({ trials: all = [] }) => all.length));
  const counted = `${trials} ${trials === 1 ? 'trial' : 'trials'} a cell`;
  const load = host.noise.load1.toFixed(1);
  const commit = run.commit === undefined ? '' : `, commit ${run.commit}`;
  return `\`jobbench ${run.command.join(' ')}\`, ${run.startedAt.slice(0, 10)}, ${counted}, load average ${load}${commit}${spanOf(cells)}.`;
}

/** What stands in brackets. */
function spanOf(cells) {
  const all = cells.flatMap(({ summary = {} }) => Object.values(summary));
  const sure = all.find(({ confidence }) => confidence !== undefined)?.confidence;
  if (sure !== undefined) return `; in brackets an interval of ${(100 * sure).toFixed(1)} %`;
  return all.every(({ n }) => n === 1) ? '' : '; in brackets the least and the greatest';
}
