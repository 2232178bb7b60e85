import { bare } from '../../numbers.js';
import { cleanly, roundNumbers } from './round.js';

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
export function barScale(values: readonly number[], unit: string): Scale {
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length > 0 && high / low > FAR_APART) return logScale(positive, unit, 3);
  return linearScale(values, unit);
}

/** From 0 to a little beyond the greatest. */
export function linearScale(values: readonly number[], unit: string): Scale {
  const highest = Math.max(0, ...values.filter(Number.isFinite));
  const step = roundNumbers(unit).step((highest > 0 ? highest : 1) / 4);
  const max = step * Math.ceil(((highest > 0 ? highest : 1) * 1.02) / step);
  const ticks = Array.from({ length: Math.round(max / step) + 1 }, (_, k) => cleanly(k * step));
  return { kind: 'linear', min: 0, max, ticks, share: (value) => clamped(value / max) };
}

/** From a round number below the smallest to one above the greatest. @param room how far below, as a factor */
export function logScale(values: readonly number[], unit: string, room = 1.02): Scale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.length > 0 ? Math.min(...positive) : 1;
  const high = positive.length > 0 ? Math.max(...positive) : 10;
  const round = roundNumbers(unit);
  const min = round.down(low / room);
  const max = round.up(high * 1.02);
  const length = Math.log10(max / min);
  return {
    kind: 'log',
    min,
    max,
    ticks: round.ticks(min, max),
    share: (value) => clamped(value > 0 ? Math.log10(value / min) / length : 0),
  };
}

/** A round number of an axis: `10k`, not `10.0k`. */
export function tickText(tick: number, unit: string): string {
  return bare(tick, unit).replace(/(\.\d*?)0+(?=\D|$)/, (_, digits: string) => (digits === '.' ? '' : digits));
}

function clamped(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}
