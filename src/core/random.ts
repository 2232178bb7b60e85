/**
 * A seeded generator of uniform numbers in [0, 1): mulberry32. Small, fast, and the same on every platform, which is
 * all that schedules and shuffles need; not for secrets.
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Derives an independent seed from a seed and any words: same words, same seed. */
export function seedFor(seed: number, ...words: readonly (string | number)[]): number {
  let hash = 2166136261 ^ seed;
  for (const char of words.join('\u0000')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  return hash >>> 0;
}

/** An exponential variate with the given mean, as the gap between arrivals of a Poisson process. */
export function exponential(random: () => number, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Fisher-Yates; returns a new array. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = result[i] as T; // i and j are below length, but T may include undefined
    result[i] = result[j] as T;
    result[j] = held;
  }
  return result;
}
