import { h, type Markup } from '../markup.js';

/** A chart with what it says in words, and its numbers as a table. */
export interface Figure {
  /** What it shows, with the unit. */
  readonly title: string;
  /** How to read it. */
  readonly note?: Markup | string;
  readonly chart: Markup;
  readonly table?: Table;
}

export interface Table {
  readonly heads: readonly string[];
  /** The first cell of a row is its name. */
  readonly rows: readonly (readonly (string | Markup)[])[];
}

/** Scripts and styles that whoever shows figures needs. */
export const FIGURES = { scripts: ['tabs', 'charts'], styles: ['shades', 'charts'] } as const;

export function figure({ title, note, chart, table }: Figure): Markup {
  return h`<figure class="chart">
<figcaption><b>${title}</b>${note !== undefined && h` <span class="chart-note">${note}</span>`}</figcaption>
${chart}
${table && numbers(table)}
</figure>
`;
}

/** Open, so that it can be read where no script runs; a script closes it. */
function numbers({ heads, rows }: Table): Markup {
  return h`<details class="numbers" open><summary>Numbers</summary>
<div class="scroll"><table>
<thead><tr>${heads.map((head) => h`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([name, ...cells]) => h`<tr><th scope="row">${name}</th>${cells.map((cell) => h`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div></details>`;
}

export interface Tab {
  readonly name: string;
  readonly html: Markup;
}

/** One after another with headings where no script runs, else tabs; alone it needs neither. @param id ours */
export function tabs(id: string, label: string, all: readonly Tab[]): Markup {
  const [only, ...others] = all;
  if (only === undefined) return h``;
  if (others.length === 0) return only.html;
  return h`<div class="tabbed">
<div class="tabs" role="tablist" aria-label="${label}" hidden>${all.map(
    ({ name }, at) =>
      h`<button type="button" role="tab" id="${id}-tab${at}" aria-controls="${id}-panel${at}" aria-selected="${at === 0 ? 'true' : 'false'}">${name}</button>`,
  )}</div>
${all.map(
  ({ name, html }, at) => h`<div role="tabpanel" id="${id}-panel${at}" aria-labelledby="${id}-tab${at}">
<h4 class="tab-title">${name}</h4>
${html}
</div>
`,
)}</div>`;
}
