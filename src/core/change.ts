/**
 * A change from 100 % on, as a factor: 1 (twice as much) is `2.0x`, 152 is `153x`. "153x worse" is understood where
 * "15,200 % worse" is not.
 * @param ratio 0.05 is 5 % more
 * @returns undefined for smaller changes, which are said in percent
 */
export function timesText(ratio: number): string | undefined {
  // Half a percent below, because that is where two digits say 2.0 already.
  if (!(ratio >= 0.995)) return undefined;
  if (!Number.isFinite(ratio)) return 'any number of times';
  const factor = 1 + ratio;
  return `${factor < 9.95 ? factor.toFixed(1) : Number(factor.toPrecision(3)).toLocaleString('en-US')}x`;
}
