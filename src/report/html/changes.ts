import { outcomeText, sentencesOf, toldText } from '../comparison/summary.js';
import { h, type Markup } from './markup.js';
import type { ReportModel } from './model.js';

const MOST = 12;

/** With several files: what changed from the first to each of the others, in the words of `compare`. */
export function changesOf({ comparisons }: ReportModel): Markup | undefined {
  if (comparisons.length === 0) return undefined;
  return h`<div class="changes">${comparisons.map((comparison) => {
    const { told, more } = sentencesOf(comparison, MOST);
    return h`<article class="card"><h3>${comparison.head.label} against ${comparison.base.label}</h3>
<p>${outcomeText(comparison)}</p>
${told.length > 0 && h`<ul>${told.map((one) => h`<li class="${one.verdict}"><b>${one.verdict}</b>: ${toldText(one)}</li>`)}</ul>`}
${more > 0 && h`<p class="note">and ${more} more like these</p>`}
${comparison.notes.map((note) => h`<p class="note">${note}</p>`)}</article>`;
  })}</div>`;
}
