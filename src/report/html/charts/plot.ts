import { type Look, lookOf } from '../looks.js';
import { h, type Markup } from '../markup.js';
import type { ReportCell } from '../model.js';
import { rowName } from './rows.js';
import { brief } from './thin.js';

/** Lines that client/charts.js draws with uPlot: plain data, of which texts are shown as texts only. */
export interface PlotSpec {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly lines: readonly PlotLine[];
  /** x first, then a column for each line; null = nothing there. */
  readonly columns: readonly (readonly (number | null)[])[];
  /** Lines go on where a column has no value. */
  readonly over?: 'holes';
  /** A stretch of x that is not part of what was measured. */
  readonly shade?: { readonly from: number; readonly to: number };
  /** Places to mark, by line and place in its column. */
  readonly peaks?: readonly { readonly line: number; readonly at: number }[];
  /** Plots with the same word show the same x. */
  readonly sync?: string;
}

export interface PlotAxis {
  readonly label: string;
  /** As in result files, and `%`; how a value is read out. */
  readonly unit: string;
  readonly kind: 'linear' | 'log';
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly (readonly [number, string])[];
  /** x is 1 / (1 - q): read out as p99. */
  readonly reads?: 'percentile';
}

export interface PlotLine {
  readonly name: string;
  readonly look: Look;
  /** Where each value stands alone. */
  readonly points?: 'shown';
}

/** An adapter has its own look and name unless several lines of a plot are its. */
export function linesOf(cells: readonly ReportCell[]): PlotLine[] {
  const alone = new Set(cells.map(({ contender }) => contender)).size === cells.length;
  return cells.map((cell, at) =>
    alone
      ? { name: cell.contender.name, look: cell.contender.look }
      : { name: rowName(cell, 'with params'), look: lookOf(at) },
  );
}

/** Plots of one section, in the order in which they are added. */
export interface Plots {
  /** Puts a plot on the page, and its data aside. */
  add(spec: PlotSpec, label: string): Markup;
  readonly data: { readonly plots: readonly unknown[] };
}

/** @param section the id of the section that will carry the data */
export function plots(section: string): Plots {
  const all: unknown[] = [];
  return {
    add(spec, label) {
      const at = all.push(drawn(spec)) - 1;
      return h`<div class="plotted"><ul class="legend">${spec.lines.map(({ name, look }, line) => key(name, look, line))}</ul>
<div class="plot" data-section="${section}" data-plot="${at}" role="img" aria-label="${label}"></div></div>`;
    },
    data: { plots: all },
  };
}

function drawn({ lines, columns, x, y, ...rest }: PlotSpec) {
  return {
    ...rest,
    x,
    y,
    lines: lines.map(({ look, points }) => ({
      color: look.property,
      dash: look.dash,
      ...(points && { points }),
    })),
    columns: columns.map((column, at) => (at === 0 ? column : column.map(brief))),
  };
}

/** What a line looks like, and a place for the value under the pointer. */
function key(name: string, { className, dash }: Look, line: number): Markup {
  return h`<li><button type="button" class="key ${className}" data-line="${line}" aria-pressed="true"><svg width="28" height="10" aria-hidden="true"><line x1="0" x2="28" y1="5" y2="5" stroke="currentColor" stroke-width="2.5"${
    dash.length > 0 && h` stroke-dasharray="${dash.join(' ')}"`
  }/></svg><span>${name}</span> <output></output></button></li>`;
}
