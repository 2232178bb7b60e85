import { h, type Markup } from '../markup.js';
import { percent } from './bars.js';
import { linearScale, logScale, type Scale, tickText } from './scale.js';

export interface Point {
  /** A letter beside it, which the table explains. */
  readonly letter: string;
  readonly name: string;
  readonly className: string;
  readonly x: number;
  readonly y: number;
}

export interface Scatter {
  readonly points: readonly Point[];
  /** Some of them, ascending by x. */
  readonly best: readonly Point[];
  /** Lines between the best: what lies above and to the right of them is beaten. */
  readonly steps: 'drawn' | 'none';
  readonly x: { readonly label: string; readonly unit: string };
  readonly y: { readonly label: string; readonly unit: string };
}

/** Points that no other beats in both: whoever leaves them pays more, or waits longer, for nothing. Ascending by x. */
export function paretoSet<T extends { readonly x: number; readonly y: number }>(points: readonly T[]): T[] {
  const kept: T[] = [];
  for (const point of points.toSorted((a, b) => a.x - b.x || a.y - b.y)) {
    const last = kept.at(-1);
    if (last === undefined || point.y < last.y) kept.push(point);
  }
  return kept;
}

const HEIGHT = 280;
const [LEFT, BOTTOM, TOP] = [0.09, 34, 14];

/** A scatter plot in which places across are shares of the width, so that text keeps its size. */
export function scatter({ points, best, steps, x, y }: Scatter): Markup {
  const [across, up] = [scaleFor(points.map((point) => point.x)), scaleFor(points.map((point) => point.y))];
  const place = (value: number) => percent(LEFT + across.share(value) * (0.97 - LEFT));
  const height = (value: number) => Math.round(HEIGHT - BOTTOM - up.share(value) * (HEIGHT - BOTTOM - TOP));
  const label = `${y.label} by ${x.label}: ${points.length} points, of which no other beats ${best.map(({ name }) => name).join('; ')}`;
  return h`<svg class="scatter" height="${HEIGHT}" role="img" aria-label="${label}">
${across.ticks.map(
  (tick) =>
    h`<line class="grid" x1="${place(tick)}" x2="${place(tick)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${place(tick)}" y="${HEIGHT - BOTTOM + 14}" text-anchor="middle">${tickText(tick, x.unit)}</text>`,
)}${up.ticks.map(
  (tick) =>
    h`<line class="grid" x1="${percent(LEFT)}" x2="97%" y1="${height(tick)}" y2="${height(tick)}"/><text x="${percent(LEFT - 0.01)}" y="${height(tick) + 4}" text-anchor="end">${tickText(tick, y.unit)}</text>`,
)}
<text x="97%" y="${HEIGHT - 4}" text-anchor="end">${x.label}</text><text x="0" y="11">${y.label}</text>
${best.map((point, at) => {
  const next = steps === 'drawn' ? best[at + 1] : undefined;
  return (
    next &&
    h`<line class="pareto" x1="${place(point.x)}" x2="${place(next.x)}" y1="${height(point.y)}" y2="${height(point.y)}"/><line class="pareto" x1="${place(next.x)}" x2="${place(next.x)}" y1="${height(point.y)}" y2="${height(next.y)}"/>`
  );
})}${points.map(
  (point) =>
    h`<g class="${point.className}"><title>${point.name}: ${tickText(point.y, y.unit)} ${y.unit}, ${tickText(point.x, x.unit)}</title><circle class="${best.includes(point) ? 'full' : 'dot'}" cx="${place(point.x)}" cy="${height(point.y)}" r="6"/><text class="letter" x="${place(point.x)}" y="${height(point.y) - 9}" text-anchor="middle">${point.letter}</text></g>`,
)}</svg>`;
}

function scaleFor(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const far = positive.length === values.length && Math.max(...values) > 12 * Math.min(...values);
  return far ? logScale(positive, 1.2) : linearScale(values);
}
