/** Types of worlds.js for the test that shares it. */
type Random = () => number;
interface Sides {
  base: number[];
  head: number[];
}
export const BLOCKS: number;
export const DRIFT: number;
export function normal(random: Random): number;
export function pairs(random: Random, world: { pairSd: number; slowdown?: number; blocks?: number }): Sides;
export function oneAfterTheOther(random: Random, world: { pairSd: number; trials: number }): Sides;
export function identical(random: Random): Sides[];
