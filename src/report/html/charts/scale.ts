import { bare } from '../../numbers.js';

/** Where values lie on an axis, as a share of its length. */
export interface Scale {
  readonly kind: 'linear' | 'log';
  readonly min: number;
  readonly max: number;
  /** 0 at the axis's beginning, 1 at its end; values outside lie on the nearer of the two. */
  share(value: number): number;
  /** Round numbers inside the axis, ascending. */
  readonly ticks: readonly number[];
}

/** Bars of values this far apart are drawn on a log scale: on a linear one the small could not be seen. */
export const FAR_APART = 40;

/** From 0, or on a log scale where the values are too far apart for that. @param values positive, or 0 */
export function barScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length > 0 && high / low > FAR_APART) return logScale(positive, 3);
  return linearScale(values);
}

/** From 0 to a little beyond the greatest. */
export function linearScale(values: readonly number[]): Scale {
  const highest = Math.max(0, ...values.filter(Number.isFinite));
  const step = niceStep((highest > 0 ? highest : 1) / 4);
  const max = step * Math.ceil(((highest > 0 ? highest : 1) * 1.02) / step);
  const ticks = Array.from({ length: Math.round(max / step) + 1 }, (_, k) => cleanly(k * step));
  return { kind: 'linear', min: 0, max, ticks, share: (value) => clamped(value / max) };
}

/** From 1, 2 or 5 times a power of ten below the smallest to one above the greatest. @param room how far below, as a factor */
export function logScale(values: readonly number[], room = 1.02): Scale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.length > 0 ? Math.min(...positive) : 1;
  const high = positive.length > 0 ? Math.max(...positive) : 10;
  const min = roundDown(low / room);
  const max = roundUp(high * 1.02);
  const length = Math.log10(max / min);
  return {
    kind: 'log',
    min,
    max,
    ticks: logTicks(min, max),
    share: (value) => clamped(value > 0 ? Math.log10(value / min) / length : 0),
  };
}

/** Powers of ten, with 2 and 5 of each where there are few decades, and fewer powers where there are many. */
export function logTicks(min: number, max: number): number[] {
  const [from, to] = [Math.floor(Math.log10(min) + 1e-9), Math.ceil(Math.log10(max) - 1e-9)];
  const decades = to - from;
  const factors = Math.log10(max / min) <= 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / 6));
  const ticks: number[] = [];
  for (let power = from; power <= to; power += every)
    for (const factor of factors) ticks.push(cleanly(factor * 10 ** power));
  return ticks.filter((tick) => tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9));
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least this. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return cleanly(factor * power);
}

/** A round number of an axis: `10k`, not `10.0k`. */
export function tickText(tick: number, unit: string): string {
  return bare(tick, unit).replace(/(\.\d*?)0+(?=\D|$)/, (_, digits: string) => (digits === '.' ? '' : digits));
}

const FACTORS = [1, 2, 5, 10];

function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return cleanly((FACTORS.findLast((one) => one * power <= value * (1 + 1e-9)) ?? 1) * power);
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return cleanly((FACTORS.find((one) => one * power >= value * (1 - 1e-9)) ?? 10) * power);
}

/** Without the dust of floating point: 0.30000000000000004 is 0.3. */
function cleanly(value: number): number {
  return Number(value.toPrecision(12));
}

function clamped(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}
