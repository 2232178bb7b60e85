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
export function sweepText({ param, metrics, write = String }, results) {
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
  const tables = metrics.map((metric) => tableText(heads, rowsOf(metric), `${METRICS[metric] ?? metric}.`));
  return sourced(tables, results);
}

/** What a backlog costs: a row for each adapter and depth. */
export function backlogText({ param, write }, results) {
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
  const about = '`held_rate`; `enqueue_rate`, `enqueue_p50` and `enqueue_p99` with 64 calls in flight; `drain_rate`.';
  return sourced([tableText(['adapter', 'waiting', ...columns.map(({ of }) => of)], rows, about)], results);
}

/** What a rest costs, and how soon a job starts after it: a row for each adapter. */
export function idleText(_, results) {
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
  return sourced([tableText(['adapter', ...columns.map(({ of }) => of)], rows, about)], results);
}

/** The event loops of our processes stood still for it, in percent of the rest. */
function garbageText({ trials, scenario }) {
  const shares = trials.map(({ resources }) => (100 * resources.gcMs) / scenario.params.duration);
  return threeDigits(intervalOf(shares).median);
}

const cellsOf = (results) => Object.values(results).flatMap(({ cells }) => cells);

const tableText = (heads, rows, about) => [figuresText(heads, rows), about].join('\n\n');

/** Tables with the commands that made them. */
function sourced(tables, results) {
  const files = Object.values(results);
  if (files.length === 0) return '_Not measured yet._';
  const text = tables.join('\n\n');
  const [first] = files;
  return files.length === 1
    ? `${text} ${commandText(first)}`
    : `${text}\n\n${files.map((one) => `- ${commandText(one)}`).join('\n')}`;
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
