import type { Cell } from '../core/result.js';
import { groupBy } from './group.js';
import { shown } from './value.js';

/** The same server under the same load, measured so far apart from itself, was not on the same machine twice. */
const MOST_APART = 2;
const METRIC = 'web_p99';

/**
 * What must be said where web requests without any jobs took very unlike times under one load: nothing that jobs did can
 * have made that difference, so a smaller one beside jobs is not theirs either.
 */
export function unevenMachine(cells: readonly Cell[]): string | undefined {
  const alone = cells.flatMap((cell) => {
    const { params } = cell.scenario;
    const value = cell.merged?.[METRIC]?.value ?? cell.summary[METRIC]?.median;
    if (cell.status !== 'ok' || params.level !== 'alone' || value === undefined || !(value > 0)) return [];
    return [{ cell, value }];
  });
  const loads = [...groupBy(alone, ({ cell }) => cell.setting ?? '').values()].map((same) => {
    const sorted = same.sort((a, b) => a.value - b.value);
    const [least, most] = [sorted[0], sorted.at(-1)];
    return least === undefined || most === undefined ? undefined : { least, most, apart: most.value / least.value };
  });
  const worst = loads.filter((load) => load !== undefined).sort((a, b) => b.apart - a.apart)[0];
  if (worst === undefined || worst.apart <= MOST_APART) return undefined;
  const text = ({ cell }: { cell: Cell }) => shown(cell, METRIC, 'ms').text;
  return (
    `the machine was uneven: web p99 without any jobs was ${text(worst.least)} ms in one row and ${text(worst.most)} ms in another ` +
    `of the same load, so no smaller difference, and no tail index of less than ${Math.log2(worst.apart).toFixed(1)} either way, is the work of jobs`
  );
}
