/** When a request to a platform's API is let through, asked at a given time. */
export type ApiGate = (now: number) => number;

/**
 * A limit on requests: so many a second, a few more at once after a pause. Requests that come too fast wait in line
 * (the generic cell rate algorithm, which needs one number of memory).
 * @param perS Infinity = no limit
 */
export function apiGate(perS: number, burst: number): ApiGate {
  if (perS === Number.POSITIVE_INFINITY) return (now) => now;
  const gapMs = 1000 / perS;
  let nextMs = Number.NEGATIVE_INFINITY;
  return (now) => {
    const letThrough = Math.max(now, nextMs - (burst - 1) * gapMs);
    nextMs = Math.max(letThrough, nextMs) + gapMs;
    return letThrough;
  };
}
