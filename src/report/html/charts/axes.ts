import { NAMED, percentileName } from './percentiles.js';
import type { PlotAxis } from './plot.js';
import { niceStep } from './round.js';
import { linearScale, logScale, type Scale, tickText } from './scale.js';

/** An axis over values that may be far apart. Values of 0 and less have no place on it, and lie at its end. */
export function logAxis(label: string, unit: string, values: Iterable<number | null>): PlotAxis {
  return axisOf(label, unit, logScale(present(values), unit));
}

/** An axis that begins at 0. */
export function zeroAxis(label: string, unit: string, values: Iterable<number | null>): PlotAxis {
  return axisOf(label, unit, linearScale(present(values), unit));
}

/** x of latency by percentile: 1 / (1 - q), so that each nine takes as much room as the one before. */
export function tailAxis(upTo: number): PlotAxis {
  const ticks = NAMED.map((q) => [Math.round(1 / (1 - q)), percentileName(q)] as const);
  // Lines that end soon after a tick do not need the room up to the next one.
  const max = Math.max(20, upTo);
  return {
    label: 'percentile',
    unit: '',
    kind: 'log',
    min: 2,
    max,
    ticks: ticks.filter(([x]) => x <= max * 1.001),
    reads: 'percentile',
  };
}

/** Seconds, from the first to the last. */
export function timeAxis(label: string, from: number, to: number): PlotAxis {
  const step = niceStep(Math.max(1e-3, (to - from) / 6));
  const ticks: [number, string][] = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) {
    const at = Number((k * step).toPrecision(10));
    ticks.push([at, String(at)]);
  }
  return { label, unit: 's', kind: 'linear', min: from, max: to, ticks };
}

function axisOf(label: string, unit: string, { kind, min, max, ticks }: Scale): PlotAxis {
  return { label, unit, kind, min, max, ticks: ticks.map((tick) => [tick, tickText(tick, unit)] as const) };
}

function present(values: Iterable<number | null>): number[] {
  return [...values].filter((value): value is number => value !== null && Number.isFinite(value));
}
