import Table from 'cli-table3';
import { ratiosOf } from '../page/families.js';

/** A line of a table on a terminal breaks at words beyond these widths. */
const [FIRST, OTHERS] = [36, 20];

/** What a part found, for a terminal: the ratios of the page, or why there are none. */
export function printed(found) {
  if (found.missing !== undefined) return `${found.title}: not measured: ${found.missing}`;
  const families = found.families === undefined ? [found] : Object.values(found.families);
  return families.map((family) => ratiosText({ ...family, when: found.when })).join('\n\n');
}

function ratiosText(family) {
  const { heads, rows } = ratiosOf(family);
  const reasons = family.rows.flatMap(({ name, missing, refused = {} }) => [
    ...(missing === undefined ? [] : [`${name} is not measured: ${missing}`]),
    ...Object.entries(refused).map(([mode, reason]) => `${name}, ${mode}: no number, because ${reason}`),
  ]);
  const colWidths = heads.map((_, k) => (k === 0 ? FIRST : OTHERS));
  const table = new Table({ head: heads, colWidths, wordWrap: true, style: { head: [], border: [] } });
  table.push(...rows.map((row) => row.map((text) => text.replaceAll('**', '').replace(/^_(.*)_$/, '$1'))));
  return [family.title, ...(rows.length === 0 ? [] : [table.toString()]), ...reasons].join('\n');
}
