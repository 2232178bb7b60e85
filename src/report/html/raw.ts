import { gzipSync } from 'node:zlib';
import { renderCsv } from '../csv.js';
import { renderHgrm } from '../hgrm.js';
import { h } from './markup.js';
import type { ReportCell, ReportModel } from './model.js';
import type { Section } from './section.js';
import { spanNames, spanOf } from './spans.js';

/** What can be taken away: names for people, made of nothing but letters, digits and hyphens. */
interface Download {
  readonly name: string;
  readonly type: string;
  /** Compressed, base64: the page unpacks it when it is asked for. */
  readonly packed: string;
}

/** The result files themselves, all of them, and the same for spreadsheets and for tools that read HdrHistograms. */
export function raw(model: ReportModel): Section {
  const { files } = model;
  const results = files.map(({ label, result }, at) => {
    const name = `${slug(label.replace(/\.json$/, '')) || 'result'}${files.length > 1 ? `-${at + 1}` : ''}.json`;
    return download(name, 'application/json', `${JSON.stringify(result)}\n`);
  });
  const csv = download('jobbench.csv', 'text/csv', renderCsv(files));
  const spans = model.questions.flatMap(({ cells }) => cells.flatMap(spanDownloads));
  return {
    id: 'raw',
    title: 'Raw data',
    html: h`<p>Everything that this page was made from is inside it: every trial with its values, ledger, histograms and series.</p>
<p class="downloads" id="downloads" hidden>${[...results, csv].map(({ name }, at) => h`<button type="button" data-download="${at}">${name}</button> `)}</p>
${
  spans.length > 0 &&
  h`<p class="downloads" id="downloads-spans" hidden><label>Percentiles of <select id="span">${spans.map(({ name }, at) => h`<option value="${results.length + 1 + at}">${name}</option>`)}</select></label> <button type="button" id="span-download">Download .hgrm</button></p>`
}
<noscript><p class="note">Downloads need JavaScript, which this browser has turned off. The same data is in the page: base64 of gzip, in the element with the id data-raw.</p></noscript>
<p class="note" id="downloads-status" role="status"></p>`,
    scripts: ['raw'],
    data: [...results, csv, ...spans],
  };
}

/** `.hgrm` as HdrHistogram's own plotter reads it, of all trials together. */
function spanDownloads({ cell, contender, variant }: ReportCell): Download[] {
  if (cell.status !== 'ok') return [];
  return spanNames(cell).flatMap((span) => {
    const counts = spanOf(cell, span);
    const name = [cell.scenario.name, contender.name, variant, span]
      .map(slug)
      .filter((part) => part !== '')
      .join('-');
    return counts === undefined ? [] : [download(`${name.slice(0, 120)}.hgrm`, 'text/plain', renderHgrm(counts))];
  });
}

function download(name: string, type: string, text: string): Download {
  return { name, type, packed: gzipSync(text).toString('base64') };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
}
