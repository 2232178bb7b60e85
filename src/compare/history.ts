import type { Samples } from '../core/comparison.js';
import type { History, HistoryEntry } from '../core/history.js';
import type { Cell, Host, ResultFile } from '../core/result.js';
import { medianInterval } from '../stats/interval.js';
import type { RowOptions } from './rows.js';

/** A spread of fewer degrees of freedom (five runs of one cell) is a guess. */
export const LEAST_FREEDOM = 4;

/**
 * How far two runs of identical code fall apart on this machine, by scenario and metric: half the width of a 99 %
 * prediction interval for the difference of two more runs, t(df) * sqrt(2) * sd of log medians, where sd is pooled
 * over cells that were measured repeatedly with the same code. Never below what two arms of one run have shown.
 */
export function floorsOf(history: History, machine: string): RowOptions['floorOf'] {
  const groups = new Map<string, HistoryEntry[]>();
  for (const entry of history.entries) {
    if (entry.machine !== machine) continue;
    const key = keyOf(entry.scenario, entry.adapter, entry.metric);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return (scenario, adapter, metric) => noiseOf(groups.get(keyOf(scenario, adapter, metric)) ?? []);
}

function keyOf(scenario: string, adapter: string, metric: string): string {
  return JSON.stringify([scenario, adapter, metric]);
}

/** As a ratio; undefined while too little is known. */
function noiseOf(entries: readonly HistoryEntry[]): number | undefined {
  const { squares, freedom } = spreadOf(entries);
  if (freedom < LEAST_FREEDOM) return undefined;
  const between = t995(freedom) * Math.SQRT2 * Math.sqrt(squares / freedom);
  const within = Math.max(...entries.map(({ base, head }) => Math.abs(Math.log(head / base))));
  return Math.expm1(Math.max(between, within));
}

/** Squared deviations of log medians within each cell of the same code, and how many of them are free. */
function spreadOf(entries: readonly HistoryEntry[]): { squares: number; freedom: number } {
  const repeated = new Map<string, Map<string, number>>();
  for (const { cell, code, run, base } of entries) {
    const key = JSON.stringify([cell, code]);
    const runs = repeated.get(key) ?? new Map<string, number>();
    repeated.set(key, runs.set(run, Math.log(base)));
  }
  let [squares, freedom] = [0, 0];
  for (const runs of repeated.values()) {
    const logs = [...runs.values()];
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    squares += logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    freedom += logs.length - 1;
  }
  return { squares, freedom };
}

/** The 99.5 % quantile of Student's t, by its expansion around the normal one (Abramowitz and Stegun, 26.7.5). */
export function t995(freedom: number): number {
  const z = 2.5758293035489004;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** What an A/A run adds to the history: one entry for each row with values above 0 on both sides. */
export function learnedFrom(
  samples: readonly Samples[],
  facts: Pick<HistoryEntry, 'run' | 'at' | 'machine'>,
  of: (row: Samples) => Pick<HistoryEntry, 'scenario' | 'adapter' | 'code'>,
): HistoryEntry[] {
  const positive = (values: readonly number[]) => values.length > 0 && values.every((value) => value > 0);
  return samples
    .filter(({ base, head }) => positive(base) && positive(head))
    .map((row) => ({
      ...facts,
      ...of(row),
      cell: row.cell,
      metric: row.metric,
      base: medianInterval(row.base).median,
      head: medianInterval(row.head).median,
      trials: Math.min(row.base.length, row.head.length),
    }));
}

/** What a history knows a machine by. */
export function machineOf({ cpu, cores, arch }: Pick<Host, 'cpu' | 'cores' | 'arch'>): string {
  return `${cpu}, ${cores} cores, ${arch}`;
}

/** What was measured, with all versions that could make a difference. */
export function codeOf({ run, host }: Pick<ResultFile, 'run' | 'host'>, { adapter }: Pick<Cell, 'adapter'>): string {
  const versions = Object.entries(adapter.versions).map(([name, version]) => `${name} ${version}`);
  return [`jobbench ${run.jobbench}`, `Node ${host.node}`, ...versions.sort()].join(', ');
}
