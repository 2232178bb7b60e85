import { h, type Markup } from '../markup.js';
import { percent } from './bars.js';

export interface HeatMap {
  readonly columns: readonly string[];
  readonly rows: readonly HeatRow[];
}

export interface HeatRow {
  readonly name: string;
  readonly cells: readonly (HeatCell | undefined)[];
}

export interface HeatCell {
  readonly text: string;
  /** For those who listen, and for the pointer. */
  readonly label: string;
  /** How hot, from 0 to 1: its colour. The number stands in it, so nobody needs to know colours. */
  readonly heat: number;
}

/** Shades, named `heat0` to `heat6` by the style sheet. */
const SHADES = 7;
const HEIGHT = 30;

/** Rows of cells that keep their text at its size, however wide they are. */
export function heatMap({ columns, rows }: HeatMap): Markup {
  const width = 1 / Math.max(1, columns.length);
  const middle = (at: number) => percent((at + 0.5) * width);
  return h`<div class="heat">
<svg class="heat-row" height="20" aria-hidden="true">${columns.map(
    (name, at) => h`<text x="${middle(at)}" y="14" text-anchor="middle">${name}</text>`,
  )}</svg>
${rows.map(
  ({ name, cells }) => h`<p class="heat-name">${name}</p>
<svg class="heat-row" height="${HEIGHT}" role="img" aria-label="${name}: ${said(cells)}">${cells.map((cell, at) => {
    if (cell === undefined) return undefined;
    const shade = Math.min(SHADES - 1, Math.floor(cell.heat * SHADES));
    return h`<g class="heat${shade}"><title>${cell.label}</title><rect x="${percent(at * width)}" y="1" width="${percent(width)}" height="${
      HEIGHT - 2
    }"/><text x="${middle(at)}" y="20" text-anchor="middle">${cell.text}</text></g>`;
  })}</svg>
`,
)}</div>`;
}

function said(cells: HeatRow['cells']): string {
  return cells.flatMap((cell) => (cell === undefined ? [] : [cell.label])).join('; ');
}
