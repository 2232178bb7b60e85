import { at, type Numbers } from './quantile.js';

/**
 * The most intervals that were open at once: how many jobs ran at the same time. An end at the very instant of a
 * start does not overlap it. A start of NaN did not happen; an end of NaN never came, so it stays open.
 * @throws RangeError when the lengths differ
 */
export function maxOverlap(starts: Numbers, ends: Numbers): number {
  if (starts.length !== ends.length) throw new RangeError(`${starts.length} starts, but ${ends.length} ends`);
  const opened: number[] = [];
  const closed: number[] = [];
  for (let i = 0; i < starts.length; i++) {
    const start = at(starts, i);
    if (Number.isNaN(start)) continue;
    opened.push(start);
    const end = at(ends, i);
    closed.push(Number.isNaN(end) ? Number.POSITIVE_INFINITY : end);
  }
  return sweep(Float64Array.from(opened).sort(), Float64Array.from(closed).sort());
}

function sweep(starts: Float64Array, ends: Float64Array): number {
  // One of no length is open at its instant, although the sweep sees its end first.
  let most = starts.length > 0 ? 1 : 0;
  let ended = 0;
  for (let begun = 0; begun < starts.length; begun++) {
    while (ended < ends.length && at(ends, ended) <= at(starts, begun)) ended++;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}
