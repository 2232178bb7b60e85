import type { Comparison } from '../../core/comparison.js';

/** What the columns mean, for every format that has them. */
export function legendOf({ rows }: Comparison): string[] {
  if (rows.length === 0) return [];
  // No row has a change that could be explained.
  if (rows.every(({ effect }) => effect === undefined))
    return ['base, head: medians; n: blocks, or trials of base + head'];
  const seen = rows.some(({ detectable }) => detectable !== undefined);
  return [
    'base, head: medians; change: as the test estimates it (Hodges-Lehmann), ~ where nothing can be said; 2.4x worse: of a rate, that of base is 2.4 times as high as that of head; of a time, that of head is 2.4 times as long; better is the other way round; percents mean the same',
    `worse by: 95 % interval of the change, below 0 it is better by that much; p after Holm; n: blocks, or trials of base + head; (in brackets): gates nothing${seen ? '; can see: finds a change of that size in 4 of 5 such comparisons' : ''}`,
  ];
}
