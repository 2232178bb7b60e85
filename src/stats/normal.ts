/**
 * Share of a standard normal distribution above x. Near the middle Marsaglia's series (Evaluating the normal
 * distribution, 2004), in the tails Laplace's continued fraction, so that small p keep their digits.
 */
export function normalAbove(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('no share lies above NaN');
  if (x < 0) return 1 - normalAbove(-x);
  const density = Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x > 3) {
    let fraction = x;
    for (let term = 60; term > 0; term--) fraction = x + term / fraction;
    return density / fraction;
  }
  let term = x;
  let sum = x;
  for (let odd = 3; term > 1e-17 * sum; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 - density * sum;
}

/** The value that a share `above` of a standard normal distribution exceeds. @param above within (0, 1) */
export function normalExceededBy(above: number): number {
  if (!(above > 0 && above < 1)) throw new RangeError(`share ${above} is not between 0 and 1`);
  let [low, high] = [-38, 38];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalAbove(middle) > above) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
