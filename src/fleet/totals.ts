import type { Life, Totals } from './types.js';

/** Totals while they are being summed. */
export type Tally = { -readonly [key in keyof Totals]: number };

export function tally(): Tally {
  return {
    completed: 0,
    cold: 0,
    resumed: 0,
    dead: 0,
    retried: 0,
    machines: 0,
    peakMachines: 0,
    bootFailures: 0,
    deaths: 0,
    crashes: 0,
    overruns: 0,
    overrunMs: 0,
    parkedMs: 0,
    provisionMs: 0,
    bootMs: 0,
    appBootMs: 0,
    resumeMs: 0,
    runMs: 0,
    lingerMs: 0,
    paidMs: 0,
  };
}

/** Adds the life of one machine. */
export function addLife(sum: Tally, life: Life): void {
  sum.provisionMs += life.provisionMs;
  sum.bootMs += life.bootMs;
  sum.appBootMs += life.appBootMs;
  sum.resumeMs += life.resumeMs;
  sum.runMs += life.runMs;
  sum.lingerMs += life.lingerMs;
  sum.paidMs += life.paidMs;
}

/** Adds what another fleet came to. Peaks are added too, although they need not have been at the same time. */
export function addTotals(sum: Tally, other: Totals): void {
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += other[key]; // the keys of a Tally, as made above
}
