import type { Cell } from '../core/result.js';

/** A metric as a column of a table. */
export interface Column {
  readonly metric: string;
  /** The metric's own name in words, so that what is read here can be asked for there. */
  readonly head: string;
  readonly unit: string;
  /** For a scenario whose rows hold several cells: which of them, by its value of the pivot param. */
  readonly at?: string;
}

/** A param whose values stand beside each other in one row, because the reader compares them. */
export interface Pivot {
  readonly param: string;
  readonly columns: readonly Column[];
}

const PIVOTS: Readonly<Record<string, Pivot>> = {
  contention: {
    param: 'level',
    columns: [
      { metric: 'web_p99', at: 'alone', head: 'web p99 alone', unit: 'ms' },
      { metric: 'web_p99', at: 'idle', head: 'idle workers', unit: 'ms' },
      { metric: 'web_p99', at: 'equal', head: 'equal jobs', unit: 'ms' },
      { metric: 'web_p99', at: 'saturated', head: 'busy workers', unit: 'ms' },
      { metric: 'jobs_rate', at: 'saturated', head: 'jobs done', unit: 'jobs/s' },
      { metric: 'tail_index', at: 'saturated', head: 'tail index', unit: 'index' },
      { metric: 'interference', at: 'saturated', head: 'interference', unit: 'index' },
    ],
  },
};

/** The pivot of a scenario, with the columns that its cells can fill; undefined when every cell is a row. */
export function pivotFor(scenario: string, cells: readonly Cell[]): Pivot | undefined {
  const pivot = Object.hasOwn(PIVOTS, scenario) ? PIVOTS[scenario] : undefined;
  if (pivot === undefined || new Set(cells.map((cell) => cell.scenario.params[pivot.param])).size < 2) return undefined;
  const filled = ({ metric, at }: Column) =>
    cells.some((cell) => cell.scenario.params[pivot.param] === at && !isInapplicable(cell, metric));
  return { param: pivot.param, columns: pivot.columns.filter(filled) };
}

/** Only longer profiles ask for what interference needs: a column of refusals would say nothing. */
function isInapplicable(cell: Cell, metric: string): boolean {
  return metric === 'interference' && !Object.hasOwn(cell.summary, metric);
}

/** As many as fit beside an adapter and its promises. */
const MOST = 5;

/** What the table shows of each scenario, most telling first; the result file has the rest. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  throughput: ['enqueue_rate', 'drain_rate', 'pipeline_rate'],
  latency: ['wait_p50', 'wait_p99', 'total_p50', 'total_p99', 'total_max'],
  scheduled: ['late_p50', 'late_p99', 'late_max', 'early'],
  contention: ['web_p50', 'web_p99', 'web_goodput', 'jobs_rate', 'tail_index'],
  recovery: ['recovery_p50', 'recovery_max', 'lost_per_kill', 'repeated', 'dip'],
  retries: ['plain_rate', 'failing_rate', 'failure_cost', 'retry_late_p50', 'retry_late_p99'],
  priority: ['urgent_wait_p50', 'urgent_wait_p99', 'bulk_wait_p50', 'bulk_wait_p99', 'urgent_share'],
  webhooks: ['effects_missing', 'effects_extra', 'dedupe_share', 'total_p50', 'total_p99'],
  keepwarm: ['total_p50', 'total_p99', 'cold_starts', 'cost_per_1k', 'of_always_on', 'machine_s_per_1k'],
  burst: ['empty_after', 'peak_machines', 'db_peak', 'web_p99', 'web_refused', 'jobs_failed', 'cost_per_1k'],
  coldstart: ['total', 'queue', 'provision', 'boot', 'app_boot', 'resume', 'run', 'linger'],
};

/** Metrics of the scenarios themselves that the table leaves to the result file. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  latency: ['enqueue_p50', 'enqueue_p99', 'total_p999', 'achieved_rate'],
  contention: ['web_p50', 'web_p999', 'web_goodput', 'interference'],
  webhooks: ['repeats_run'],
  keepwarm: ['cold_p50', 'cold_share', 'machine_seconds', 'resumed'],
  burst: ['cold_p50', 'cold_share', 'machine_seconds', 'machines_refused'],
  coldstart: ['cold_p50', 'cold_share', 'machine_seconds', 'cost_per_1k'],
};

/** Columns for the cells of one scenario: the chosen ones, or for a scenario from outside its first five metrics. */
export function columnsFor(scenario: string, cells: readonly Cell[]): Column[] {
  const known = Object.hasOwn(SHOWN, scenario) ? (SHOWN[scenario] ?? []) : [];
  const has = (metric: string) => cells.some((cell) => Object.hasOwn(cell.metrics, metric));
  const chosen = known.filter(has);
  const metrics = chosen.length > 0 ? chosen : commonMetrics(cells).slice(0, MOST);
  return metrics.map((metric) => {
    const info = cells.find((cell) => Object.hasOwn(cell.metrics, metric))?.metrics[metric];
    return { metric, head: headOf(metric), unit: info?.unit ?? '' };
  });
}

/** Metrics that an adapter adds to the scenario's: not columns, not left out, and not of every adapter. */
export function ownMetrics(cell: Cell, columns: readonly Column[], cells: readonly Cell[]): string[] {
  const scenario = cell.scenario.name;
  const leftOut = Object.hasOwn(LEFT_OUT, scenario) ? (LEFT_OUT[scenario] ?? []) : [];
  const common = new Set(several(cells) ? commonMetrics(cells) : []);
  const shown = new Set([...columns.map((column) => column.metric), ...leftOut]);
  return Object.keys(cell.metrics).filter((metric) => !shown.has(metric) && !common.has(metric));
}

/** `wait_p50` -> `wait p50`; `drain_rate` -> `drain`, because its unit says the rest. */
export function headOf(metric: string): string {
  return metric.replace(/_rate$/, '').replaceAll('_', ' ');
}

/** Metrics of every cell that has any: a skipped cell may have none. */
function commonMetrics(cells: readonly Cell[]): string[] {
  const withAny = cells.filter((cell) => Object.keys(cell.metrics).length > 0);
  const first = Object.keys(withAny[0]?.metrics ?? {});
  return first.filter((metric) => withAny.every((cell) => Object.hasOwn(cell.metrics, metric)));
}

function several(cells: readonly Cell[]): boolean {
  const withAny = cells.filter((cell) => Object.keys(cell.metrics).length > 0);
  return new Set(withAny.map((cell) => cell.adapter.label)).size > 1;
}
