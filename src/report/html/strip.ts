import { h, type Markup } from './markup.js';

/** Where numbers of one column stand: on a logarithmic axis on which further right is better. */
export interface Axis {
  /** Place from 0 (worst) to 1 (best). */
  place(value: number): number;
}

const WIDTH = 120;
const MARGIN = 6;
const MIDDLE = 9;

/** Undefined where a logarithm would not exist, or nothing differs. */
export function axisOf(values: readonly number[], better: 'higher' | 'lower'): Axis | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length < 2 || !(low > 0) || !(high > low) || !Number.isFinite(high)) return undefined;
  const share = (value: number) => Math.log(value / low) / Math.log(high / low);
  const place = (value: number) => Math.min(1, Math.max(0, share(value)));
  return { place: better === 'higher' ? place : (value) => 1 - place(value) };
}

/** A dot with its span. It repeats the number beside it, so a reader who cannot see it misses nothing. */
export function strip(axis: Axis, value: number, [low, high]: readonly [number, number], className: string): Markup {
  const [from, to] = [at(axis, low), at(axis, high)].sort((a, b) => a - b);
  return drawing(
    className,
    h`<line class="span" x1="${from ?? 0}" x2="${to ?? 0}" y1="${MIDDLE}" y2="${MIDDLE}"/><circle cx="${at(axis, value)}" cy="${MIDDLE}" r="4.5"/>`,
  );
}

/** From a ring to a dot: what something was, and what became of it. */
export function dumbbell(axis: Axis, before: number, after: number, className: string): Markup {
  const [from, to] = [at(axis, before), at(axis, after)];
  return drawing(
    className,
    h`<line class="way" x1="${from}" x2="${to}" y1="${MIDDLE}" y2="${MIDDLE}"/><circle class="ring" cx="${from}" cy="${MIDDLE}" r="4"/><circle cx="${to}" cy="${MIDDLE}" r="4.5"/>`,
  );
}

function drawing(className: string, content: Markup): Markup {
  return h`<svg class="dots ${className}" viewBox="0 0 ${WIDTH} 18" width="${WIDTH}" height="18" aria-hidden="true" focusable="false"><line class="track" x1="0" x2="${WIDTH}" y1="${MIDDLE}" y2="${MIDDLE}"/>${content}</svg>`;
}

function at(axis: Axis, value: number): number {
  return Number((MARGIN + axis.place(value) * (WIDTH - 2 * MARGIN)).toFixed(1));
}
