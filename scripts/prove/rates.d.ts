/** Types of rates.js for the test that shares it. */
import type { Look } from '../../src/compare/rule.js';
import type { Judged, Samples } from '../../src/core/comparison.js';

interface Judging {
  judge(samples: readonly Samples[], look: Look): Judged[];
  needsSecondLook(rows: readonly Judged[]): boolean;
}
type Seeded = (seed: number) => () => number;
interface Worlds {
  worlds: number;
  seed: number;
}
export const OPERATING_POINTS: readonly { pairSd: number; falseAlarms: number; found: number }[];
export function twoLooks(judging: Judging, rows: readonly Samples[]): Judged[];
export function falseAlarms(judging: Judging, seeded: Seeded, worlds: Worlds): number;
export function operatingPoint(
  judging: Judging,
  seeded: Seeded,
  worlds: Worlds & { pairSd: number },
): { falseAlarms: number; found: number };
export function sequential(
  ranks: { rankSum(a: number[], b: number[]): { p: number } },
  seeded: Seeded,
  worlds: Worlds & { pairSd: number; trials: number },
): number;
