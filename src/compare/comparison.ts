import type { Comparison, Judged, Side } from '../core/comparison.js';
import { geometricMean } from '../stats/mean.js';
import { type Joined, joinFiles, type Named } from './join.js';
import { judge, worstVerdict } from './judge.js';
import type { RowOptions } from './rows.js';
import { thresholdText } from './threshold.js';
import { joinAdapters } from './within.js';

/** Two files compared. Only to be shown when nothing was refused. */
export interface Compared {
  readonly comparison: Comparison;
  readonly refusals: Joined['refusals'];
}

/** @throws JobbenchError USAGE when a file holds a cell or a block twice */
export function compareFiles(base: Named, head: Named, options: RowOptions): Compared {
  return compared(joinFiles(base, head, options), sideOf(base), sideOf(head), options);
}

/**
 * The adapters of one run, all with one of them.
 * @param base label of that one; the first when absent
 * @throws JobbenchError USAGE
 */
export function compareAdapters(named: Named, base: string | undefined, options: RowOptions): Compared {
  const joined = joinAdapters(named, base, options);
  const side = sideOf(named);
  return compared(joined, { ...side, label: joined.base }, { ...side, label: joined.heads.join(', ') }, options);
}

function compared(joined: Joined, base: Side, head: Side, options: RowOptions): Compared {
  // One look: files are what they are, and no block can be added to them.
  const rows = inOrder([...judge(joined.samples, 'only'), ...joined.missing]);
  const { refusals, differences, notes, unjudged } = joined;
  const threshold = thresholdText(options.threshold);
  const verdict = worstVerdict(rows);
  return {
    refusals,
    comparison: {
      ...{ kind: 'compare', base, head, rows, verdict, threshold, means: meansOf(rows), notes, differences },
      ...(unjudged !== undefined && { unjudged }),
    },
  };
}

function sideOf({ label, source, file }: Named): Side {
  return { label, source, startedAt: file.run.startedAt };
}

/** Rows of a cell together, cells of a scenario together, each in the order of its first row. */
function inOrder(rows: readonly Judged[]): Judged[] {
  const places = new Map<string, number>();
  for (const { samples } of rows) if (!places.has(samples.cell)) places.set(samples.cell, places.size);
  const placeOf = ({ samples }: Judged) => places.get(samples.cell) ?? 0;
  return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
}

/** Over rows that gate and have a ratio, and only over like units: a mean of rates and of waiting times means nothing. */
export function meansOf(rows: readonly Judged[]): Comparison['means'] {
  const groups = new Map<string, { row: Judged; ratios: number[] }>();
  for (const row of rows) {
    const ratio = 1 + (row.effect?.slowdown ?? Number.NaN);
    if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY) || !row.samples.gated) continue;
    const { unit, better } = row.samples;
    const key = JSON.stringify([unit, better]);
    const group = groups.get(key) ?? { row, ratios: [] };
    group.ratios.push(ratio);
    groups.set(key, group);
  }
  return [...groups.values()]
    .filter(({ ratios }) => ratios.length > 1)
    .map(({ row, ratios }) => ({
      unit: row.samples.unit,
      better: row.samples.better,
      slowdown: geometricMean(ratios) - 1,
      rows: ratios.length,
    }));
}
