import type { Judged, Samples } from '../core/comparison.js';
import type { Cell, ResultFile } from '../core/result.js';
import type { Standing } from '../core/standing.js';
import { canonical } from './fields.js';
import { adapterOf } from './join.js';
import { judge } from './judge.js';
import { rowsOf } from './rows.js';
import { MOST_LOAD_APART, promiseOf, rateOf } from './unlike.js';
import { own } from './values.js';

/**
 * Where every cell of a run stands: in each metric beside the best of those that carried the same load and promise the
 * same. Trials of a run are paired by block, and the rows of one load and promise are corrected together (Holm), so
 * that a table of many metrics does not find a difference by its size alone.
 */
export function standingsOf(file: ResultFile): Standing[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of file.cells) {
    if (cell.status !== 'ok') continue;
    const key = canonical([cell.scenario, promiseOf(cell), loadOf(cell)]);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].flatMap(standingsIn);
}

/** A rate that is a share of each one's own capacity is another load for each: equal where they are about the same. */
function loadOf(cell: Cell): number | undefined {
  const rate = rateOf(cell);
  return rate === undefined ? undefined : Math.round(Math.log(rate) / MOST_LOAD_APART);
}

interface Race {
  readonly metric: string;
  readonly best: Cell;
  /** Best first. */
  readonly runners: readonly Runner[];
}

interface Runner {
  readonly cell: Cell;
  readonly value: number;
  readonly samples?: Samples;
}

function standingsIn(cells: readonly Cell[]): Standing[] {
  const races = [...new Set(cells.flatMap(({ metrics }) => Object.keys(metrics)))].flatMap((metric) =>
    raceOf(metric, cells),
  );
  const samples = races.flatMap(({ runners }) => runners.flatMap((runner) => runner.samples ?? []));
  const judged = new Map(judge(samples, 'only').map((row) => [row.samples, row]));
  return races.flatMap((race) => standings(race, judged));
}

function raceOf(metric: string, cells: readonly Cell[]): Race[] {
  const found = cells.flatMap((cell) => {
    const value = own(cell.merged ?? {}, metric)?.value ?? own(cell.summary, metric)?.median;
    return value === undefined ? [] : [{ cell, value }];
  });
  const better = own(found[0]?.cell.metrics ?? {}, metric)?.better;
  const sorted = found.sort((a, b) => (better === 'higher' ? b.value - a.value : a.value - b.value));
  const best = sorted[0]?.cell;
  if (best === undefined) return [];
  return [{ metric, best, runners: sorted.map((runner) => ({ ...runner, ...samplesOf(metric, best, runner.cell) })) }];
}

function samplesOf(metric: string, best: Cell, cell: Cell): { samples?: Samples } {
  if (cell === best) return {};
  const subject = {
    cell: cell.id,
    scenario: cell.scenario.name,
    adapter: adapterOf(best),
    pairing: 'interleaved' as const,
    names: [best.adapter.label, cell.adapter.label] as const,
  };
  const [samples] = rowsOf([best, cell], [metric], subject, { metrics: [metric], floorOf: () => undefined }).samples;
  return samples === undefined ? {} : { samples };
}

function standings({ metric, best, runners }: Race, judged: ReadonlyMap<Samples, Judged>): Standing[] {
  const rivals = runners.length - 1;
  const rowOf = ({ samples }: Runner) => (samples === undefined ? undefined : judged.get(samples));
  const first = runners[0];
  return runners.map((runner): Standing => {
    const row = rowOf(runner);
    const factor = first === undefined ? undefined : factorOf(runner.value, first.value);
    const behind = runner.cell === best ? runners.slice(1).map(rowOf) : [row];
    return {
      ...{ cell: runner.cell.id, metric, best: best.id, rivals },
      ...(factor !== undefined && { factor }),
      established: rivals > 0 && behind.every(isWorse),
      ...(row !== undefined && { judged: row }),
    };
  });
}

/** A real change of at least the floor: beside it stands the best, so it can only be for the worse. */
function isWorse(row: Judged | undefined): boolean {
  return row?.verdict === 'regression' || row?.verdict === 'small';
}

function factorOf(value: number, best: number): number | undefined {
  if (!(value > 0) || !(best > 0)) return undefined;
  return value > best ? value / best : best / value;
}
