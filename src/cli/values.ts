import { JobbenchError } from '../core/errors.js';

/** More cells than anybody waits for: a mistyped range, not a wish. */
const MOST = 500;

/**
 * The values that a text stands for: a list `1,2,4`, a range by factor `1..64x2` or by step `1..10+3`, and any mix.
 * Units are kept: `1ms..8msx2`.
 * @throws JobbenchError USAGE
 */
export function expandValues(text: string, written: string): string[] {
  const values = text.split(',').flatMap((item) => expandItem(item.trim(), written));
  if (values.length > MOST) throw new JobbenchError('USAGE', `${written}: "${text}" makes more than ${MOST} values`);
  return [...new Set(values)];
}

function expandItem(item: string, written: string): string[] {
  if (item === '') throw new JobbenchError('USAGE', `${written}: a value is missing`);
  if (!/^[\d.]+[a-z%]*?\.\.\d/i.test(item)) return [item];
  const match = /^(\d+(?:\.\d+)?)([a-z%]*?)\.\.(\d+(?:\.\d+)?)([a-z%]*?)([x+])(\d+(?:\.\d+)?)$/i.exec(item);
  const [, low = '', lowUnit = '', high = '', highUnit = '', kind = '', step = ''] = match ?? [];
  const [first, last, by] = [Number(low), Number(high), Number(step)];
  const unit = highUnit || lowUnit;
  const moves = kind === 'x' ? by > 1 && first > 0 : by > 0;
  if (match === null || !moves || last < first || (lowUnit !== '' && lowUnit !== unit)) {
    throw new JobbenchError(
      'USAGE',
      `${written}: "${item}" is not a range; write 1..64x2 (by factor) or 1..10+3 (by step)`,
    );
  }
  const values: string[] = [];
  for (let n = 0, value = first; value <= last * (1 + 1e-9) && values.length <= MOST; n++) {
    values.push(`${Number(value.toPrecision(12))}${unit}`);
    value = kind === 'x' ? first * by ** (n + 1) : first + by * (n + 1);
  }
  return values;
}

/** Every combination of the values of each key; later keys vary fastest. */
export function combinations(lists: ReadonlyMap<string, readonly string[]>): Record<string, string>[] {
  let sets: Record<string, string>[] = [{}];
  for (const [key, values] of lists) {
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [key]: value })));
    if (sets.length > MOST)
      throw new JobbenchError('USAGE', `the lists of params make more than ${MOST} cells of one scenario`);
  }
  return sets;
}
