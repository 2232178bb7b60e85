import { groupBy } from '../group.js';
import { unitHead } from '../numbers.js';
import { shown } from '../value.js';
import { type Headline, headlinesOf, numberOf } from './headlines.js';
import { h, type Markup } from './markup.js';
import type { Contender, ReportCell, ReportModel } from './model.js';
import { promiseWords } from './promisewords.js';
import { badge } from './standingbadge.js';
import { type Axis, axisOf, dumbbell, strip } from './strip.js';
import { besideJobs, contentionOf, gentlest, webMetric } from './web.js';

interface GlanceColumn {
  readonly head: string;
  readonly unit: string;
  /** Undefined where the contender has no such cell. */
  cell(contender: Contender): Markup | undefined;
}

/** Everybody in a few numbers, grouped by what is promised: the first thing to look at. */
export function glance(model: ReportModel): Markup | undefined {
  const [first, ...others] = headlinesOf(model).map((headline) => headlineColumn(model, headline));
  // Half of the question: on a narrow screen it must not be the column that is cut.
  const columns = [...(first === undefined ? [] : [first]), ...webColumn(model), ...others];
  if (columns.length === 0) return undefined;
  const groups = groupBy(model.contenders, ({ promise }) => promise.name);
  return h`<div class="scroll" tabindex="0" role="region" aria-label="At a glance">
<table class="glance"><caption class="hidden">At a glance: in each column further right is better</caption>
<thead><tr><th scope="col">backend</th>${columns.map(
    ({ head, unit }) => h`<th scope="col">${head}<span class="unit"> ${unit}</span></th>`,
  )}</tr></thead>
${[...groups].map(([promise, members]) => group(promise, members, columns))}
</table></div>
<p class="note">Dots are on a logarithmic scale, the same for a column; further right is better. Compare only within one promise: a weaker promise is cheaper to keep.</p>`;
}

function group(promise: string, members: readonly Contender[], columns: readonly GlanceColumn[]): Markup {
  const means = members[0] === undefined ? '' : promiseWords(members[0].promise);
  return h`<tbody><tr class="promise"><th scope="rowgroup" colspan="${columns.length + 1}">${promise}${means !== '' && h`<span class="means">: ${means}</span>`}</th></tr>
${members.map(
  (
    one,
  ) => h`<tr><th scope="row"><span class="swatch ${one.look.className}" aria-hidden="true"></span>${one.name}</th>${columns.map((column) => h`<td>${column.cell(one)}</td>`)}</tr>
`,
)}</tbody>`;
}

function headlineColumn(model: ReportModel, headline: Headline): GlanceColumn {
  const { load, metric, unit, better } = headline;
  const values = load.cells.flatMap((one) => numberOf(one, metric)?.value ?? []);
  const axis = axisOf(values, better);
  const variant = headline.question.loads.length > 1 ? ` (${load.variant})` : '';
  return {
    head: `${headline.head}${variant}`,
    unit: unitHead(unit),
    cell(contender) {
      const found = load.cells.find((one) => one.contender === contender);
      return found === undefined ? undefined : number(model, found, headline, axis);
    },
  };
}

function number(model: ReportModel, one: ReportCell, { metric, unit }: Headline, axis: Axis | undefined): Markup {
  const { cell, contender } = one;
  if (cell.status !== 'ok') return h`<span class="trouble">${cell.status}</span>`;
  const { text, refused } = shown(cell, metric, unit);
  const known = numberOf(one, metric);
  if (known === undefined) return h`<span class="soft" title="${refused ?? ''}">${text || '–'}</span>`;
  const drawn = axis && strip(axis, known.value, [known.low, known.high], contender.look.className);
  return h`<span class="value">${text}</span> ${badge(model, one, metric)}${drawn}`;
}

/** Web requests alone and beside busy workers, in the placement in which they suffer least. */
function webColumn(model: ReportModel): GlanceColumn[] {
  const question = contentionOf(model);
  if (question === undefined) return [];
  const metric = webMetric(question);
  const all = model.contenders.flatMap((contender) => besideJobs(question, contender));
  const axis = axisOf(
    all.flatMap(({ alone, busy }) => [busy.value, ...(alone === undefined ? [] : [alone.value])]),
    'lower',
  );
  const name = metric === 'web_p99' ? 'web p99' : 'web p50';
  return [
    {
      head: `${name} alone → beside busy jobs`,
      unit: 'ms',
      cell(contender) {
        const best = gentlest(question, contender);
        if (best === undefined) return undefined;
        const text = (one: ReportCell | undefined) => (one === undefined ? '?' : shown(one.cell, metric, 'ms').text);
        const drawn = axis && best.alone && dumbbell(axis, best.alone.value, best.busy.value, contender.look.className);
        return h`<span class="value">${text(best.aloneCell)} → ${text(best.busyCell)}</span> <span class="soft">${best.placement}</span>${drawn}`;
      },
    },
  ];
}
