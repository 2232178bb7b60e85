import { bare, spanText } from '../../numbers.js';
import { h, type Markup } from '../markup.js';
import type { Group, Spread } from './rows.js';
import { barScale, type Scale, tickText } from './scale.js';

/** One bar: the median, what it spans, and a dot for each trial. */
export interface Bar {
  readonly name: string;
  /** Sets its colour. */
  readonly className: string;
  /** Or why there is no number. */
  readonly spread: Spread | { readonly refused: string };
  /** Why it must not be believed: its name is struck through. */
  readonly invalid?: string;
}

export interface BarChart {
  readonly groups: readonly Group<Bar>[];
  readonly unit: string;
  /** What the end of an interval is called, for those who listen. */
  readonly what: string;
}

/** Bars that keep their text at its size, however wide they are: places are shares of the width. */
export function barChart({ groups, unit, what }: BarChart): Markup {
  const spreads = groups.flatMap(({ members }) => members.map(({ spread }) => spread));
  const scale = barScale(
    spreads.flatMap((spread) => ('refused' in spread ? [] : [...spread.values, spread.high])),
    unit,
  );
  const headed = groups.length > 1;
  return h`<div class="bars">
${groups.map(
  ({ name, members }) => h`${
    headed &&
    h`<p class="bars-group">${name}</p>
`
  }<ul>${members.map((bar) => row(bar, scale, unit, what))}</ul>
`,
)}${axis(scale, unit)}
</div>`;
}

/** `12%`, for an attribute of SVG. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** A line of ticks below bars. */
export function axis(scale: Scale, unit: string): Markup {
  return h`<div class="bars-axis" aria-hidden="true"><svg class="bar-plot" height="18">${scale.ticks.map((tick) => {
    const share = scale.share(tick);
    const anchor = share < 0.06 ? 'start' : share > 0.94 ? 'end' : 'middle';
    return h`<text x="${percent(share)}" y="13" text-anchor="${anchor}">${tickText(tick, unit)}</text>`;
  })}</svg>${scale.kind === 'log' && h`<span class="bars-log">log scale</span>`}</div>`;
}

/** Lines behind bars at the ticks of their axis. */
export function gridLines(scale: Scale, height: number): Markup[] {
  return scale.ticks.map((tick) => {
    const x = percent(scale.share(tick));
    return h`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}"/>`;
  });
}

const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;
/** More would be a smear. */
const MOST_DOTS = 60;

function row({ name, className, spread, invalid }: Bar, scale: Scale, unit: string, what: string): Markup {
  if ('refused' in spread) {
    return h`<li class="bar ${className}"><span class="bar-name">${name}</span><span class="bar-none">${spread.refused}</span></li>
`;
  }
  const { values, median, low, high, confidence } = spread;
  const [text, from, to] = [median, low, high].map((value) => bare(value, unit));
  const span = spanText(low, high, unit);
  const trials = values.length === 1 ? '1 trial' : `${values.length} trials`;
  const kind = confidence === undefined ? 'range' : `${(confidence * 100).toFixed(1)} % interval`;
  const spoken = `${name}: ${what} ${text}${values.length > 1 ? `, ${kind} ${from} to ${to}` : ''}, ${trials}`;
  const label = invalid === undefined ? spoken : `${spoken}; invalid: ${invalid}`;
  const [x1, x2] = [percent(scale.share(low)), percent(scale.share(high))];
  return h`<li class="bar ${className}${invalid !== undefined && ' void'}">
<span class="bar-name">${invalid === undefined ? name : h`<s>${name}</s> <em class="bad">invalid: ${invalid}</em>`}</span>
<span class="bar-value"><b>${text}</b>${span !== '' && h` <small>${span}</small>`}</span>
<svg class="bar-plot" height="${HEIGHT}" role="img" aria-label="${label}"><title>${label}</title>${gridLines(scale, HEIGHT)}
<rect class="bar-fill" x="0" y="5" width="${percent(scale.share(median))}" height="14"/>
${
  low < high &&
  h`<line class="whisker" x1="${x1}" x2="${x2}" y1="${MIDDLE}" y2="${MIDDLE}"/>${[x1, x2].map(
    (x) => h`<line class="whisker" x1="${x}" x2="${x}" y1="${MIDDLE - 4}" y2="${MIDDLE + 4}"/>`,
  )}`
}${values.slice(0, MOST_DOTS).map((value) => h`<circle class="dot" cx="${percent(scale.share(value))}" cy="${MIDDLE}" r="3"/>`)}</svg>
</li>
`;
}
