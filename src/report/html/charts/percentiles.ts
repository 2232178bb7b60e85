import { type Counts, quantileOf, shareUpTo } from '../../../stats/counts.js';
import { FEWEST_TAIL, SOLID_TAIL, tailOf } from '../../../stats/quantile.js';

/** The ends of the axis: x = 1 / (1 - q), so p50 is 2 and p99.99 is 10,000. */
const FROM = 2;
const TO = 10_000;
/** Places in each decade of x: a line of latencies has no finer features than that shows. */
const PER_DECADE = 40;

/** Percentiles that the axis names and the table has. */
export const NAMED = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999] as const;

/** `p99.9`. */
export function percentileName(q: number): string {
  return `p${Number((q * 100).toFixed(4))}`;
}

/** x of all lines of a chart, ascending, with every named percentile among them. */
export function tailGrid(): number[] {
  const steps = Math.ceil(Math.log10(TO / FROM) * PER_DECADE);
  const even = Array.from({ length: steps + 1 }, (_, k) => FROM * (TO / FROM) ** (k / steps));
  const named = NAMED.map((q) => Math.round(1 / (1 - q)));
  const apart = (x: number) => named.every((other) => Math.abs(Math.log10(x / other)) > 0.2 / PER_DECADE);
  return [...even.filter(apart), ...named].sort((a, b) => a - b);
}

/** A latency at each x, in ms; null from where fewer than 10 samples lie beyond: the line ends there. */
export function tailLine(counts: Counts, grid: readonly number[]): (number | null)[] {
  return grid.map((x) => {
    const q = 1 - 1 / x;
    return counts.samples === 0 || tailOf(counts.samples, q) < FEWEST_TAIL ? null : quantileOf(counts, q);
  });
}

/** What a table says at a percentile. */
export type Told = { readonly ms: number; readonly trust: 'solid' | 'rough' } | { readonly needs: number };

/** A percentile, rough where fewer than 100 samples lie beyond, or how many samples it would need. */
export function told(counts: Counts, q: number): Told {
  const tail = tailOf(counts.samples, q);
  if (tail < FEWEST_TAIL) return { needs: Math.round(FEWEST_TAIL / (1 - q)) };
  return { ms: quantileOf(counts, q), trust: tail < SOLID_TAIL ? 'rough' : 'solid' };
}

/** Below a microsecond histograms tell nothing, and a log axis has no 0. */
export const LEAST_MS = 0.001;
const VALUES = 160;

/** Values in ms, evenly spaced on a log axis, from the smallest of all to the greatest. */
export function valueGrid(all: readonly Counts[]): number[] {
  const low = Math.max(LEAST_MS, Math.min(...all.map(({ values }) => values[0] ?? Number.POSITIVE_INFINITY)));
  const high = Math.max(low * 10, ...all.map(({ values }) => values.at(-1) ?? 0));
  if (!Number.isFinite(low)) return [];
  return Array.from({ length: VALUES + 1 }, (_, k) => low * (high / low) ** (k / VALUES));
}

/** The share of samples at or below each value, in percent; null before the first and after all are reached. */
export function shareLine(counts: Counts, grid: readonly number[]): (number | null)[] {
  let reached = false;
  return grid.map((ms, at) => {
    if (reached) return null;
    // The grid ends at the greatest value of all, or a hair below it.
    const share = at === grid.length - 1 ? 1 : shareUpTo(counts, ms);
    if (share >= 1) reached = true;
    return share === 0 ? null : share * 100;
  });
}
