import { groupBy } from './group.js';
import type { Row } from './rows.js';

/** A sentence and the row that says it. */
interface Said {
  readonly row: Row;
  readonly text: string;
}

/**
 * Sentences that differ only in their numbers, and in the level that their row names anyway, as one: each number in it
 * goes from the least to the greatest. In the order in which they were first said.
 */
export function alike(said: readonly Said[]): { readonly text: string; readonly of: readonly Row[] }[] {
  const groups = groupBy(said.map(leveled), ({ text }) => text.replace(NUMBER, '#'));
  return [...groups.values()].map((group) => ({
    text: ranged(group.map(({ text }) => text)),
    of: group.map(({ row }) => row),
  }));
}

/** A number of a sentence, but not one that is part of a word, as in p99. */
const NUMBER = /(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w])/g;

/** Where rows are levels, their names say which. */
function leveled({ row, text }: Said): Said {
  const { level } = row.cell.scenario.params;
  const named = typeof level === 'string' && row.variant.split(', ').includes(level);
  return named ? { row, text: text.replace(` at level ${level}`, '') } : { row, text };
}

function ranged(texts: readonly string[]): string {
  const [first = ''] = texts;
  const columns = texts.map((text) => text.match(NUMBER) ?? []);
  let at = 0;
  return first.replace(NUMBER, () => {
    const place = at++;
    const sorted = columns.map((column) => column[place] ?? '').sort((a, b) => amount(a) - amount(b));
    const [least = '', most = ''] = [sorted[0], sorted.at(-1)];
    return least === most ? least : `${least} to ${most}`;
  });
}

function amount(text: string): number {
  return Number(text.replaceAll(',', ''));
}
