import { at, type Numbers } from './quantile.js';

/**
 * Holm's step-down correction (1979): p-values of a family, raised so that whatever is at most alpha may be called
 * real while the chance of even one false call among all stays at most alpha, however the tests depend on each other.
 * @returns in the order given
 */
export function holm(ps: Numbers): number[] {
  const order = Array.from({ length: ps.length }, (_, index) => index).sort((i, j) => at(ps, i) - at(ps, j));
  const adjusted = new Array<number>(ps.length);
  let raised = 0;
  order.forEach((index, place) => {
    // Never below the one before: a row must not be called real where a stronger one is not.
    raised = Math.max(raised, Math.min(1, at(ps, index) * (ps.length - place)));
    adjusted[index] = raised;
  });
  return adjusted;
}
