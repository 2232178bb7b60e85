import { whenText } from './families.js';
import { intervalName, middle, modesOf, paired, ratioText, table } from './text.js';

/**
 * Adapters as shipped beside the same with one option changed, as Markdown.
 * @param found what bench/parts/options.js returned: a comparison for each question, the adapter as shipped first
 */
export function optionsText(found) {
  if (found === undefined) return '_Not measured yet._';
  if (found.missing !== undefined) return `_Not measured: ${found.missing}._`;
  const families = Object.values(found.families);
  const head = [
    'changed',
    'what is measured',
    'as shipped',
    'changed',
    `as shipped / changed (${intervalName(found.when.rounds)})`,
  ];
  const missing = families.flatMap(({ rows }) => rows.filter((row) => row.missing !== undefined));
  return [
    whenText(found),
    table(head, families.flatMap(linesOf)),
    ...missing.map(({ name, missing: reason }) => `${name} is not measured: ${reason}.`),
  ].join('\n\n');
}

/** A line for each changed option and each number. */
function linesOf(family) {
  const [shipped, ...others] = family.rows;
  if (shipped.missing !== undefined) return [];
  return others
    .filter(({ missing }) => missing === undefined)
    .flatMap((row) => shownOf(family, row).map((mode) => line(shipped, row, mode)));
}

const shownOf = (family, { shows }) => modesOf(family).filter(({ key }) => shows?.includes(key) ?? true);

function line(shipped, row, { key, label, unit }) {
  const [before, after] = [shipped.values[key], row.values[key]];
  const figures =
    before && after ? [middle(before, unit), middle(after, unit), ratioText(paired(before, after))] : ['-', '-', '-'];
  return [`\`${row.name}\``, unit === 'jobs/s' ? `${label}: jobs/s` : label, ...figures];
}
