import { timesText } from './answers.js';
import { h, type Markup } from './markup.js';
import { type ReportCell, type ReportModel, standingOf } from './model.js';

/** How a number stands among those that promise the same. */
export interface Place {
  /** `best`, or how many times better the best is: `3.5x`. */
  readonly word: string;
  /** Only an established place may have a colour; of all others a `~` is shown. */
  readonly kind: 'best' | 'behind' | 'open';
  readonly why: string;
}

/** Undefined where there is nobody to compare with. */
export function placeOf(model: ReportModel, one: ReportCell, metric: string): Place | undefined {
  const standing = standingOf(model, one, metric);
  if (standing === undefined || standing.rivals === 0 || standing.factor === undefined) return undefined;
  const { established, best, factor, judged } = standing;
  if (best !== one.cell.id) {
    const why = judged?.sentence ?? 'trials that cannot be paired';
    return { word: timesText(factor), kind: established ? 'behind' : 'open', why };
  }
  const why = established ? 'the others are worse beyond noise' : 'the trials cannot tell all others apart from it';
  return { word: 'best', kind: established ? 'best' : 'open', why: `the best median of its promise: ${why}` };
}

export function badge(model: ReportModel, one: ReportCell, metric: string): Markup | undefined {
  const place = placeOf(model, one, metric);
  if (place === undefined) return undefined;
  return h`<span class="badge ${place.kind}" title="${place.why}">${place.kind === 'open' && '~'}${place.word}</span>`;
}
