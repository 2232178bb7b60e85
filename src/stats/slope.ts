import { at, median, type Numbers } from './quantile.js';

/** Up to this many points every pair is looked at: 320,000 slopes. */
const ALL_PAIRS = 800;

/**
 * Theil-Sen: the median of the slopes between points, which a few wild points cannot turn. Beyond 800 points each
 * is paired only with the one half a series away (Theil's incomplete method, 1950): every point still counts, a
 * million of them take a fraction of a second, and the answer is the same each time.
 * @param x in ascending order, or the pairs of a long series are not those farthest apart
 * @returns y per unit of x; 0 when no two points differ in x
 * @throws RangeError when the lengths differ or a value is NaN
 */
export function theilSen(x: Numbers, y: Numbers): number {
  if (x.length !== y.length) throw new RangeError(`${x.length} values of x, but ${y.length} of y`);
  const slopes = x.length <= ALL_PAIRS ? slopesOfAll(x, y) : slopesOfHalves(x, y);
  return slopes.length === 0 ? 0 : median(slopes);
}

function slopesOfAll(x: Numbers, y: Numbers): Float64Array {
  const slopes = new Float64Array((x.length * (x.length - 1)) / 2);
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) {
      const dx = at(x, j) - at(x, i);
      if (dx !== 0) slopes[count++] = (at(y, j) - at(y, i)) / dx;
    }
  }
  return slopes.subarray(0, count);
}

function slopesOfHalves(x: Numbers, y: Numbers): Float64Array {
  const half = Math.ceil(x.length / 2);
  const slopes = new Float64Array(x.length - half);
  let count = 0;
  for (let i = 0; i + half < x.length; i++) {
    const dx = at(x, i + half) - at(x, i);
    if (dx !== 0) slopes[count++] = (at(y, i + half) - at(y, i)) / dx;
  }
  return slopes.subarray(0, count);
}
