/** Milliseconds since the trial's epoch on CLOCK_MONOTONIC, which all processes of one host share. */
export type RunMs = number & { readonly clock: 'run' };

/** Milliseconds since 1970 on the wall clock. Exists only as the argument of `enqueueAt`. */
export type WallMs = number & { readonly clock: 'wall' };

/** One instant read on both clocks. */
export interface Epoch {
  /** `process.hrtime.bigint()` as a decimal string: bigint is not JSON. */
  readonly ns: string;
  readonly wallMs: number;
}

/** Reads the run clock. Comparable between processes and threads of one host, unlike `performance.now()`. */
export function runClock(epoch: Epoch): () => RunMs {
  const origin = BigInt(epoch.ns);
  const { bigint } = process.hrtime; // the global `process` is a getter, which costs a quarter of a reading
  return () => (Number(bigint() - origin) / 1e6) as RunMs;
}

/**
 * A job may start so much before its due time on the run clock without being early: the pair of clocks at the epoch
 * is known only so exactly.
 */
export const CLOCK_PAIR_MS = 0.05;

/** A pair of readings is taken again until the tick is known this exactly, in ns. */
const EXACT_NS = 20_000n;
const ATTEMPTS = 25;

/**
 * Reads both clocks at a tick of the wall clock. `Date.now()` is cut to whole milliseconds, so a pair taken between
 * ticks would be wrong by up to one. The tick lies between two readings of the run clock; where the process was
 * interrupted between them they are far apart, and another tick is waited for.
 */
export function takeEpoch(): Epoch {
  let best = tick();
  for (let attempt = 1; attempt < ATTEMPTS && best.gapNs > EXACT_NS; attempt++) {
    const next = tick();
    if (next.gapNs < best.gapNs) best = next;
  }
  return best.epoch;
}

/** The next tick, in the middle between a reading before `Date.now()` last showed the old time and one after the new. */
function tick(): { epoch: Epoch; gapNs: bigint } {
  let lower = process.hrtime.bigint();
  const from = Date.now();
  let between = process.hrtime.bigint();
  for (;;) {
    const wallMs = Date.now();
    const upper = process.hrtime.bigint();
    if (wallMs !== from)
      return { epoch: { ns: (lower + (upper - lower) / 2n).toString(), wallMs }, gapNs: upper - lower };
    lower = between;
    between = upper;
  }
}

/** The wall time of a run instant, by the pair taken at the epoch. */
export function toWall(epoch: Epoch, at: RunMs): WallMs {
  return (epoch.wallMs + at) as WallMs;
}
