import { load } from '../../scripts/bench/setup.js';
import { compact, table, threeDigits } from './text.js';

const { groupBy } = await load('report/group.js');
const { shown } = await load('report/value.js');

/**
 * Cells of result files as a table, and below it the reason of each figure that is not there.
 * @param rows `{ names, figures }`: the first columns, and for each other `{ of, cell, metric, write }`; `of` names it in a
 *   reason, and without a cell it is left empty
 */
export function figuresText(heads, rows) {
  const text = ({ cell, metric, write = plain }) =>
    cell === undefined ? '' : (why(cell, metric)?.word ?? write(cell, metric));
  const figures = table(
    heads,
    rows.map(({ names, figures: all }) => [...names, ...all.map(text)]),
  );
  return [figures, reasons(rows)].filter((part) => part !== '').join('\n\n');
}

/** `0.0608 [0.0603 0.0614]`, as tables of `jobbench run` have it. */
function plain(cell, metric) {
  const { text, span } = shown(cell, metric, cell.metrics[metric].unit);
  return `${text} ${span}`.trim();
}

/** `12.3k/s, 81.3 µs [79.0 84.1]`: a rate, and what it makes of a job. */
export function rateText({ summary }, metric) {
  const { median, low, high } = summary[metric];
  const us = (rate) => threeDigits(1e6 / rate);
  const span = low === high ? '' : ` [${us(high)} ${us(low)}]`;
  return `${compact(median)}/s, ${us(median)} µs${span}`;
}

/** The word that stands in place of a number, and its reason; nothing where there is a number. */
function why({ status, reason, error, summary, refused = {} }, metric) {
  if (status !== 'ok') return { word: status, reason: reason ?? error?.message ?? 'the file does not say why' };
  const found = summary[metric];
  if (found === undefined) return { word: '-', reason: refused[metric] ?? 'the file does not say why' };
  // A trial in whose steady part nothing ended.
  return found.low > 0 || !metric.endsWith('_rate') ? undefined : { word: '-', reason: 'a trial had too few jobs' };
}

function reasons(rows) {
  const found = rows.flatMap(({ names, figures }) =>
    figures
      .filter(({ cell }) => cell !== undefined)
      .map(({ of, cell, metric }) => ({ of, names: names.join(' '), ...why(cell, metric) }))
      .filter(({ reason }) => reason !== undefined),
  );
  const groups = [...groupBy(found, ({ of, word, reason }) => JSON.stringify([word === '-' && of, reason])).values()];
  return groups
    .map((all) => {
      const [{ of, word, reason }] = all;
      const who = [...new Set(all.map(({ names }) => names))].join(', ');
      return `- ${word === '-' ? `${of}, ${who}: no number` : `${who}: ${word}`} (${reason}).`;
    })
    .join('\n');
}
