import { statusWord } from '../notes.js';
import { bare } from '../numbers.js';
import { shown } from '../value.js';
import { numberOf } from './headlines.js';
import { h, type Markup } from './markup.js';
import { type Matrix, type MatrixColumn, type MatrixGroup, type MatrixRow, matrixOf } from './matrix.js';
import type { ReportCell, ReportModel } from './model.js';
import type { Section } from './section.js';
import { badge } from './standingbadge.js';
import { reasonOf } from './warnings.js';

/** Scenario x adapter: every number with its span, and how it stands among those that promise the same. */
export function summary(model: ReportModel): Section | undefined {
  const matrix = matrixOf(model);
  if (matrix.groups.length === 0) return undefined;
  return {
    id: 'summary',
    title: 'All numbers',
    html: h`${tools()}
<div class="scroll" tabindex="0" role="region" aria-label="All numbers">
<table id="matrix" class="matrix"><caption class="hidden">Median of the trials, its interval, and how many times better the best of the same promise is</caption>
${head(matrix)}
${matrix.groups.map((group) => body(model, group, matrix.columns))}
</table></div>
<p class="note" id="matrix-status" role="status"></p>
${legend(model)}`,
    scripts: ['summary'],
    styles: ['summary'],
  };
}

/** Without scripts none of these would do anything, so they are shown by the script that serves them. */
function tools(): Markup {
  return h`<div class="tools" id="matrix-tools" hidden>
<label>Filter <input type="search" id="matrix-filter" placeholder="latency p99" autocomplete="off"></label>
<label class="check"><input type="checkbox" id="matrix-all"> every metric</label>
<span class="right"><button type="button" data-copy="markdown">Copy Markdown</button> <button type="button" data-copy="csv">Copy CSV</button></span>
</div>`;
}

function head({ columns }: Matrix): Markup {
  const runs = columns.reduce<{ promise: string; count: number }[]>((all, { promise }) => {
    const last = all.at(-1);
    if (last?.promise === promise) last.count++;
    else all.push({ promise, count: 1 });
    return all;
  }, []);
  const promises = runs.some(({ promise }) => promise !== '');
  return h`<thead>${promises && h`<tr class="promises"><td></td>${runs.map(({ promise, count }) => h`<th scope="colgroup" colspan="${count}">${promise}</th>`)}</tr>`}
<tr><th scope="col" data-sort="name">metric</th>${columns.map(
    ({ head: name, contender, key }) =>
      h`<th scope="col" data-sort="${key}">${contender && h`<span class="swatch ${contender.look.className}" aria-hidden="true"></span>`}${name}</th>`,
  )}</tr></thead>`;
}

function body(model: ReportModel, group: MatrixGroup, columns: readonly MatrixColumn[]): Markup {
  const lessons = group.lessons.map((lesson) => h`<span class="lesson">${lesson}</span>`);
  return h`<tbody data-group="${group.name}"><tr class="group"><th scope="rowgroup" colspan="${columns.length + 1}"><span class="stay"><b>${group.name}</b> ${group.says}${lessons}</span></th></tr>
${group.rows.map((row) => line(model, group, row, columns))}</tbody>
`;
}

function line(model: ReportModel, group: MatrixGroup, row: MatrixRow, columns: readonly MatrixColumn[]): Markup {
  const scenario = group.name === row.question.name ? '' : row.question.name;
  const where = [scenario, row.variant].filter((part) => part !== '').join(' ');
  const arrow = row.better === 'higher' ? 'higher is better' : 'lower is better';
  return h`<tr${row.minor && h` class="minor"`}><th scope="row">${where !== '' && h`<span class="soft">${where} </span>`}${row.label} <span class="unit" title="${arrow}">${row.unit} ${row.better === 'higher' ? '↑' : '↓'}</span></th>${columns.map(
    ({ key }) => entry(model, row, row.cells.get(key)),
  )}</tr>
`;
}

/** The value is in an attribute too, so that it is sorted and copied as it is, not as it is rounded. */
function entry(model: ReportModel, { metric, unit }: MatrixRow, one: ReportCell | undefined): Markup {
  if (one === undefined || !Object.hasOwn(one.cell.metrics, metric)) return h`<td></td>`;
  const { cell } = one;
  const info = cell.metrics[metric];
  if (cell.status !== 'ok') return trouble(one, metric, info?.unit ?? unit);
  const { text, span, refused } = shown(cell, metric, info?.unit ?? unit);
  const known = numberOf(one, metric);
  if (known === undefined) return h`<td class="soft" title="${refused ?? ''}">${text === '-' ? '–' : text}</td>`;
  return h`<td data-value="${known.value}"><span class="value">${text}</span> ${badge(model, one, metric)}${span !== '' && h`<span class="iv">${span}</span>`}</td>`;
}

/** Numbers of a cell that is not valid are struck through: what was measured stays visible, and nobody takes it for a result. */
function trouble({ cell }: ReportCell, metric: string, unit: string): Markup {
  const median = Object.hasOwn(cell.summary, metric) ? cell.summary[metric]?.median : undefined;
  return h`<td title="${reasonOf(cell)}"><span class="trouble ${cell.status}">${statusWord(cell.status)}</span>${median !== undefined && h` <s>${bare(median, unit)}</s>`}</td>`;
}

function legend({ questions, standings }: ReportModel): Markup {
  const cells = questions.flatMap((question) => question.cells.map(({ cell }) => cell));
  const counts = cells.flatMap(({ summary: all }) => Object.values(all).map(({ n }) => n));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const few = counts.length > 0 && most < 6;
  const trials = least === most ? `${most}` : `${least} to ${most}`;
  return h`<p class="note">A number is the median of ${counts.length === 0 ? 'its' : trials} trials, or where there is one the percentile of all trials together; [in brackets] ${few ? 'the lowest and highest trial' : 'its interval, or with fewer than 6 trials the lowest and highest'}. <b>~12.3</b>: fewer than 100 samples lie beyond this percentile. ↑ higher is better, ↓ lower is better.</p>
${
  standings.length > 0 &&
  h`<p class="note"><span class="badge behind">3.5x</span> the best of the same promise and load is 3.5 times better, beyond noise (exact test of interleaved trials, all metrics of a load corrected together, 1 %). <span class="badge open">~3.5x</span> so it looks, but the trials cannot tell it from noise${most < 8 && ': it takes about 12'}.</p>`
}`;
}
