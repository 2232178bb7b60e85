import type { Cell } from '../core/result.js';
import { samplesNeeded } from '../stats/quantile.js';

/** Arrivals are random: so much more than on average. */
const SPARE = 1.1;
const LONGEST_MS = 3_600_000;
/** p99.9 is asked of nobody who did not name it: it takes ten times as long. */
const MOST_SAMPLES = samplesNeeded(0.99);

/** A number that a cell refuses, and why. */
export interface Refusal {
  readonly cell: Cell;
  readonly metric: string;
  readonly refused?: string | undefined;
}

/** The `--duration` with which these get samples enough; undefined where it cannot help. */
export function longer(refusals: readonly Refusal[]): string | undefined {
  const ms = Math.max(...refusals.map((one) => neededMs(one) ?? 0));
  return ms > 0 && ms <= LONGEST_MS ? `${Math.ceil(ms / 1000)}s` : undefined;
}

/** The same for all that these cells refuse. */
export function longerFor(cells: readonly Cell[]): string | undefined {
  return longer(
    cells.flatMap((cell) => Object.entries(cell.refused ?? {}).map(([metric, refused]) => ({ cell, metric, refused }))),
  );
}

/** @returns undefined where the number is refused for another reason, or nothing says how many samples a second there are */
function neededMs({ cell: { status, scenario, merged = {} }, metric, refused = '' }: Refusal): number | undefined {
  const { duration } = scenario.params;
  const count = Number(/^needs ([\d,]+) /.exec(refused)?.[1]?.replaceAll(',', '') ?? Number.NaN);
  const middle = metric.replace(/p99$/, 'p50');
  const had = Object.hasOwn(merged, middle) ? (merged[middle]?.samples ?? 0) : 0;
  if (status !== 'ok' || typeof duration !== 'number' || had === 0 || !(count <= MOST_SAMPLES)) return undefined;
  return ((duration * count) / had) * SPARE;
}
