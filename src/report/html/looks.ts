/** How a contender is drawn everywhere: a colour by its class, and a dash that tells it from the others without colour. */
export interface Look {
  /** `k0` to `k7`: sets `color`, so that SVG draws with `currentColor`. */
  readonly className: string;
  /** Of the custom property, for what is drawn on a canvas: `--k3`. */
  readonly property: string;
  /** Lengths of strokes and gaps; empty = a full line. */
  readonly dash: readonly number[];
  readonly marker: Marker;
}

export const MARKERS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'plus', 'ring', 'box'] as const;
export type Marker = (typeof MARKERS)[number];

const DASHES: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 2],
  [14, 5],
  [8, 3, 2, 3, 2, 3],
  [4, 6],
];
/** Told apart by people who see fewer colours, too, and on white as on black: see client/page.css. */
const COLORS = 8;

/** The first eight differ in colour, dash and marker; after that in the pair of colour and dash. */
export function lookOf(place: number): Look {
  const color = place % COLORS;
  const turn = Math.floor(place / COLORS);
  const second = (color + turn) % COLORS;
  return {
    className: `k${color}`,
    property: `--k${color}`,
    dash: DASHES[second] ?? [],
    marker: MARKERS[second] ?? 'circle',
  };
}
