import { at, type Numbers } from './quantile.js';

/** Ranks of values, ties sharing the mean of theirs. Doubled, so that all are whole numbers and sums of them can be counted. */
export interface Midranks {
  /** Twice the rank of each value, in the order given. */
  readonly doubled: Int32Array;
  readonly ties: 'none' | 'some';
  /** Sum of t^3 - t over the groups of t equal values: what ties take from the variance of rank sums. */
  readonly tieTerm: number;
}

/** @throws RangeError on a value that is not finite */
export function midranks(values: Numbers): Midranks {
  const order = Array.from({ length: values.length }, (_, index) => index);
  for (const index of order) {
    if (!Number.isFinite(at(values, index))) throw new RangeError(`value ${index} is ${values[index]}: it has no rank`);
  }
  order.sort((a, b) => at(values, a) - at(values, b));
  const doubled = new Int32Array(values.length);
  let tieTerm = 0;
  for (let first = 0; first < order.length; ) {
    let next = first + 1;
    while (next < order.length && at(values, at(order, next)) === at(values, at(order, first))) next++;
    // Ranks first + 1 .. next: twice their mean is the sum of the two at the ends.
    for (let i = first; i < next; i++) doubled[at(order, i)] = first + 1 + next;
    tieTerm += (next - first) ** 3 - (next - first);
    first = next;
  }
  return { doubled, ties: tieTerm === 0 ? 'none' : 'some', tieTerm };
}
