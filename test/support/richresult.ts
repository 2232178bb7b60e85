import { readFileSync } from 'node:fs';
import { type Cell, type ResultFile, ResultSchema } from '../../src/core/result.js';

/** The reference run, with what it lacks for some section to appear: a sweep, prices to choose from, an early job. */
export function richResult(): ResultFile {
  const result = ResultSchema.parse(
    JSON.parse(readFileSync(new URL('../../results/reference.json', import.meta.url), 'utf8')),
  );
  const found = (scenario: string, adapter: string): Cell => {
    const cell = result.cells.find((one) => one.scenario.name === scenario && one.adapter.name === adapter);
    if (cell === undefined) throw new Error(`the reference run has no ${scenario} of ${adapter}`);
    return cell;
  };
  const sqlite = found('throughput', 'sqlite');
  const vm = found('latency', 'spawn-vm');
  const swept = [1, 20, 50].map((concurrency, at) => varied(sqlite, { concurrency }, [0.7, 1.4, 1.2][at] ?? 1));
  const priced = [100, 400].map((rate, at) => varied(vm, { rate: String(rate) }, [2, 0.5][at] ?? 1));
  const scheduled = found('scheduled', 'sqlite');
  const early = {
    ...varied(scheduled, {}, 1),
    id: 'early',
    status: 'invalid' as const,
    reason: '3 jobs started early',
    adapter: { ...scheduled.adapter, label: 'hasty' },
    trials: scheduled.trials.map((trial) => ({ ...trial, ledger: { ...trial.ledger, early: 3 } })),
  };
  return { ...result, cells: [...result.cells, ...swept, ...priced, early] };
}

/** The same cell under another param, with all its numbers times a factor. */
function varied(cell: Cell, params: Record<string, unknown>, factor: number): Cell {
  const times = <T extends Record<string, number>>(values: T) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value * factor]));
  return {
    ...cell,
    id: `${cell.id} ${JSON.stringify(params)}`,
    scenario: { ...cell.scenario, params: { ...cell.scenario.params, ...params } },
    trials: cell.trials.map((trial) => ({ ...trial, values: times(trial.values) })),
    summary: Object.fromEntries(
      Object.entries(cell.summary).map(([name, one]) => [
        name,
        { ...one, median: one.median * factor, low: one.low * factor, high: one.high * factor },
      ]),
    ),
    merged: Object.fromEntries(
      Object.entries(cell.merged ?? {}).map(([name, one]) => [name, { ...one, value: one.value * factor }]),
    ),
  };
}
