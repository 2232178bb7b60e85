import { whenText } from './families.js';
import { intervalName, intervalOf, middle, modesOf, paired, ratioText, table } from './text.js';

/**
 * Payloads that go to a thread copied or moved, as Markdown: a row for each size.
 * @param found what bench/parts/transfer.js returned: the copied ones first, then the moved ones, then a limit
 */
export function transferText(found) {
  if (found === undefined) return '_Not measured yet._';
  const rows = found.rows.filter(({ missing }) => missing === undefined);
  const [copied, ...others] = rows;
  const ways = others.filter(({ kind }) => kind !== 'limit');
  const compared = modesOf(found).map((mode) => ({ ...mode, ratios: ratiosOf(copied, ways, mode.key) }));
  const interval = intervalName(found.when.rounds);
  const heads = ['payload', ...rows.map(({ name }) => name), `copied / the better of the moved (${interval})`];
  const lines = compared.map(({ key, label, unit, ratios }) => [
    label,
    ...rows.map(({ values }) => middle(values[key], unit)),
    ratioText(ratios),
  ]);
  return [whenText(found), table(heads, lines), aheadText(compared)].join('\n\n');
}

/** Each round by the way that was quicker in most: what a program could choose. */
function ratiosOf(copied, ways, key) {
  const [best] = ways.map(({ values }) => values[key]).sort((a, b) => intervalOf(a).median - intervalOf(b).median);
  return paired(copied.values[key], best);
}

/** Where the whole interval is on one side of 1. */
function aheadText(compared) {
  const where = (wanted) => compared.filter(({ ratios }) => wanted(intervalOf(ratios))).map(({ label }) => label);
  const ahead = where(({ low }) => low > 1);
  const behind = where(({ high }) => high < 1);
  const said = (names) => (names.length === 0 ? 'none of these' : names.join(', '));
  return `Moving is quicker at: ${said(ahead)}. Copying is quicker at: ${said(behind)}. Elsewhere the interval contains 1.`;
}
