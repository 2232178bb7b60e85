import type { Comparison, Judged, Verdict } from '../../core/comparison.js';
import { groupBy } from '../group.js';
import { blindText, isBlind } from './blind.js';
import { safe } from './safe.js';
import { changeText, verdictWord } from './view.js';

/** What most needs to be read comes first. */
export const WORST_FIRST: readonly Verdict[] = [
  'broken',
  'regression',
  'missing',
  'differs',
  'inconclusive',
  'small',
  'improvement',
  'pass',
];

/** The outcome in one line. */
export function outcomeText(comparison: Comparison): string {
  const gated = comparison.rows.filter(({ samples }) => samples.gated);
  if (gated.length === 0) return 'NOTHING GATED: no row may decide, so nothing is passed';
  const count = gated.filter(({ verdict }) => verdict === comparison.verdict).length;
  const unjudged = comparison.unjudged ?? 0;
  const more = unjudged > 0 ? ` (${unjudged} more could not be judged)` : '';
  const rows = `${count} of ${counted(gated.length, 'gated row')}${more}`;
  return `${verdictWord(comparison.verdict).toUpperCase()}: ${OUTCOMES[comparison.verdict](rows, count)}`;
}

const OUTCOMES: Readonly<Record<Verdict, (rows: string, count: number) => string>> = {
  broken: (rows) => `a side came to no numbers in ${rows}: it failed, broke a promise, or was disturbed`,
  regression: (rows) => `${rows} got worse, and may have reached the threshold`,
  missing: (rows, count) => `${rows} ${count === 1 ? 'lacks' : 'lack'} a side, so nothing is passed`,
  differs: (rows, count) =>
    `${rows} ${count === 1 ? 'differs' : 'differ'}, and no history of identical code tells whether runs do that anyway`,
  inconclusive: (rows) => `${rows} cannot be told from noise, nor a regression excluded`,
  small: (rows) => `${rows} got worse by less than the threshold`,
  improvement: (rows) => `${rows} got better`,
  pass: (rows) => `a regression of the threshold is excluded in ${rows}`,
};

/**
 * The sentences of rows that say more than their numbers: each once, worst first, with how many were left out. Those
 * that differ only in the metric's name count as one.
 */
export function sentencesOf(comparison: Comparison, most: number): { readonly told: Told[]; readonly more: number } {
  // What is said of all of them above needs not be said of each.
  const known = blindText(comparison) === undefined ? () => false : isBlind;
  const worth = comparison.rows.filter((row) => row.verdict !== 'pass' && !known(row));
  const told = [...groupBy(worth, (row) => `${row.verdict} ${templateOf(row)}`).values()]
    .map((group): Told => ({ verdict: group[0]?.verdict ?? 'missing', rows: group }))
    .sort((a, b) => rank(a) - rank(b));
  return { told: told.slice(0, most), more: told.slice(most).reduce((sum, { rows: left }) => sum + left.length, 0) };
}

function templateOf({ sentence, samples }: Judged): string {
  return sentence.replaceAll(samples.metric, '').replaceAll(samples.label, '');
}

export interface Told {
  readonly verdict: Verdict;
  /** All of one verdict and sentence. */
  readonly rows: readonly Judged[];
}

/** Gated rows before others of the same verdict. */
function rank({ verdict, rows }: Told): number {
  return 2 * WORST_FIRST.indexOf(verdict) + (rows.some(({ samples }) => samples.gated) ? 0 : 1);
}

/** `throughput sqlite drain_rate: sentence`, of several rows the first and how many more. */
export function toldText({ rows }: Told): string {
  const [first] = rows;
  if (first === undefined) return '';
  const metric = first.samples.metric === '*' ? '' : ` ${first.samples.metric}`;
  const more = rows.length > 1 ? ` and ${rows.length - 1} more` : '';
  return `${safe(`${first.samples.cell}${metric}`, 160)}${more}: ${safe(first.sentence, 600)}`;
}

/** Geometric means, blocks, notes and differences, a sentence each. */
export function factsOf(comparison: Comparison): string[] {
  const { means, blocks, notes, differences, threshold } = comparison;
  const shown = differences.slice(0, MOST_DIFFERENCES).map(({ field, base, head }) => {
    return `differs: ${safe(field, 80)}: ${safe(base, 80)} in base, ${safe(head, 80)} in head`;
  });
  const more = differences.length - shown.length;
  return [
    ...means.map(({ unit, better, slowdown, rows }) => {
      return `geometric mean of ${rows} rows in ${safe(unit, 20)} (${better} is better): ${changeText(slowdown)}`;
    }),
    `threshold: ${safe(threshold, 100)}`,
    ...(blocks === undefined ? [] : [blocksText(blocks)]),
    ...notes.map((note) => safe(note, 600)),
    ...shown,
    ...(more > 0 ? [`differs: ${counted(more, 'more field')}; --format json has all`] : []),
  ];
}

const MOST_DIFFERENCES = 12;

function blocksText({ measured, dropped, looks, reasons }: NonNullable<Comparison['blocks']>): string {
  const why = reasons.length > 0 ? ` (${reasons.map((reason) => safe(reason, 120)).join('; ')})` : '';
  const left = dropped > 0 ? `, ${dropped} left out${why}` : '';
  return `${counted(measured, 'block')} measured${left}; ${looks} ${looks === 1 ? 'look' : 'looks'}`;
}

/** `1 row`, `2 rows` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
