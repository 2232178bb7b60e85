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
  return () => (Number(process.hrtime.bigint() - origin) / 1e6) as RunMs;
}

/**
 * Reads both clocks at a tick of the wall clock. `Date.now()` is cut to whole milliseconds, so a pair taken
 * between ticks would be wrong by up to one; at a tick it is right within the cost of a few clock reads.
 */
export function takeEpoch(): Epoch {
  let best: { epoch: Epoch; gapNs: bigint } | undefined;
  for (let attempt = 0; attempt < 5; attempt++) {
    const from = Date.now();
    let before = process.hrtime.bigint();
    let wallMs = Date.now();
    while (wallMs === from) {
      before = process.hrtime.bigint();
      wallMs = Date.now();
    }
    const gapNs = process.hrtime.bigint() - before;
    if (best === undefined || gapNs < best.gapNs) best = { epoch: { ns: before.toString(), wallMs }, gapNs };
    if (gapNs < 20_000n) break;
  }
  // The loop runs at least once, so `best` is set.
  return (best as { epoch: Epoch }).epoch;
}

/** The wall time of a run instant, by the pair taken at the epoch. */
export function toWall(epoch: Epoch, at: RunMs): WallMs {
  return (epoch.wallMs + at) as WallMs;
}
