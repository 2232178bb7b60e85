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
/** Text of the axes has its own room: left of it by the padding of the style sheet, above and below it by these. */
const [BOTTOM, TOP, RIGHT] = [34, 32, 0.98];

/** A scatter plot in which places across are shares of the width, so that text keeps its size. */
export function scatter({ points, best, steps, x, y }: Scatter): Markup {
  const across = scaleFor(
    points.map((point) => point.x),
    x.unit,
  );
  const up = scaleFor(
    points.map((point) => point.y),
    y.unit,
  );
  const place = (value: number) => percent(across.share(value) * RIGHT);
  const height = (value: number) => Math.round(HEIGHT - BOTTOM - up.share(value) * (HEIGHT - BOTTOM - TOP));
  const names = nearby(points.map((point) => ({ point, x: across.share(point.x), y: height(point.y) })));
  const label = `${y.label} by ${x.label}: ${points.length} points, of which no other beats ${best.map(({ name }) => name).join('; ')}`;
  return h`<svg class="scatter" height="${HEIGHT}" role="img" aria-label="${label}">
${across.ticks.map(
  (tick) =>
    h`<line class="grid" x1="${place(tick)}" x2="${place(tick)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${place(tick)}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle">${tickText(tick, x.unit)}</text>`,
)}${up.ticks.map(
  (tick) =>
    h`<line class="grid" x1="0" x2="${percent(RIGHT)}" y1="${height(tick)}" y2="${height(tick)}"/><text x="-6" y="${height(tick) + 4}" text-anchor="end">${tickText(tick, y.unit)}</text>`,
)}
<text x="${percent(RIGHT)}" y="${HEIGHT - 4}" text-anchor="end">${x.label}</text><text class="above" y="12">${y.label}</text>
${best.map((point, at) => {
  const next = steps === 'drawn' ? best[at + 1] : undefined;
  return (
    next &&
    h`<line class="pareto" x1="${place(point.x)}" x2="${place(next.x)}" y1="${height(point.y)}" y2="${height(point.y)}"/><line class="pareto" x1="${place(next.x)}" x2="${place(next.x)}" y1="${height(point.y)}" y2="${height(next.y)}"/>`
  );
})}${points.map(
  (point) =>
    h`<g class="${point.className}"><title>${point.name}: ${tickText(point.y, y.unit)} ${y.unit}, ${tickText(point.x, x.unit)}</title><circle class="${best.includes(point) ? 'full' : 'dot'}" cx="${place(point.x)}" cy="${height(point.y)}" r="6"/></g>`,
)}${names.map(
  ([first, ...others]) =>
    h`<text class="letter" x="${percent(first.x * RIGHT)}" y="${Math.min(first.y, ...others.map((other) => other.y)) - 9}" text-anchor="middle">${[first, ...others].map(({ point }) => point.letter).join(' ')}</text>`,
)}</svg>`;
}

interface Placed {
  readonly point: Point;
  /** Share of the width. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
}

/** Points so close that their letters would be drawn over each other share one text, whatever the width of the page. */
function nearby(points: readonly Placed[]): [Placed, ...Placed[]][] {
  const groups: [Placed, ...Placed[]][] = [];
  for (const one of points) {
    const group = groups.find(([first]) => Math.abs(first.x - one.x) < 0.025 && Math.abs(first.y - one.y) < 13);
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

function scaleFor(values: readonly number[], unit: string): Scale {
  const positive = values.filter((value) => value > 0);
  const far = positive.length === values.length && Math.max(...values) > 12 * Math.min(...values);
  return far ? logScale(positive, unit, 1.2) : linearScale(values, unit);
}
