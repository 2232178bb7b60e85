import type { Judged, Samples } from '../core/comparison.js';
import type { Rows } from './rows.js';

/** Rows of many pairs of cells, as they come. */
export interface Gathered {
  readonly samples: Samples[];
  readonly missing: Judged[];
  /** What neither side has a number for, with the reason. */
  readonly absent: string[];
  /** How many of those would have gated. */
  unjudged: number;
  /** The most blocks of one side that the other lacks. */
  unpaired: number;
  /** Metrics of which pairs are left out because a trial had too few samples. */
  readonly thinned: string[];
}

export function gathered(): Gathered {
  return { samples: [], missing: [], absent: [], unjudged: 0, unpaired: 0, thinned: [] };
}

export function gather(into: Gathered, rows: Rows): void {
  into.samples.push(...rows.samples);
  into.missing.push(...rows.missing);
  into.absent.push(...rows.absent);
  into.thinned.push(...rows.thinned);
  into.unjudged += rows.unjudged;
  into.unpaired = Math.max(into.unpaired, rows.unpaired);
}

/** A verdict over one row says little where five more should have been there. */
export function unjudgedOf({ unjudged }: Gathered): { readonly unjudged?: number } {
  return unjudged > 0 ? { unjudged } : {};
}

/** What a reader must know of rows that are not there. */
export function gatherNotes({ unpaired, absent, thinned }: Gathered): string[] {
  const blocks = `${unpaired} ${unpaired === 1 ? 'block is' : 'blocks are'} left out, because only one side has them`;
  const gaps = listNote('left out, because a trial had too few samples: ', thinned);
  return [...(unpaired === 0 ? [] : [blocks]), ...gaps, ...listNote('no number on either side: ', absent)];
}

/** A few by name, the rest by number: a comparison is not to be buried under what it could not compare. */
export function listNote(head: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST_LISTED ? `; and ${items.length - MOST_LISTED} more` : '';
  return [`${head}${items.slice(0, MOST_LISTED).join('; ')}${more}`];
}

const MOST_LISTED = 3;
