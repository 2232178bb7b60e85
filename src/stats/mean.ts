import { at, type Numbers } from './quantile.js';

/** The mean of ratios: neither side is favoured, and the order of division does not matter. @throws RangeError unless all are above 0 */
export function geometricMean(values: Numbers): number {
  if (values.length === 0) throw new RangeError('no values');
  let logs = 0;
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i);
    if (!(value > 0)) throw new RangeError(`value ${i} is ${value}: a geometric mean needs values above 0`);
    logs += Math.log(value);
  }
  return Math.exp(logs / values.length);
}
