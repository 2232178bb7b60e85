import { ABSENT } from '../compare/fields.js';
import type { Named } from '../compare/join.js';
import { NEITHER_SIDE } from '../compare/rows.js';
import { VIRTUAL } from '../compare/unlike.js';
import type { Comparison, Refusal } from '../core/comparison.js';
import { JobbenchError } from '../core/errors.js';
import { clean } from '../report/text.js';
import { didYouMean } from './suggest.js';

/**
 * A metric that was named must be in every file: a gate for a metric that nobody measured would always pass.
 * @throws JobbenchError USAGE with what is there, and what was probably meant
 */
export function assertMetrics(names: readonly string[], files: readonly Named[]): void {
  for (const name of names) {
    for (const { label, file } of files) {
      const known = new Set(file.cells.flatMap((cell) => Object.keys(cell.metrics)));
      if (known.has(name)) continue;
      const all = [...known].slice(0, 40);
      const hint = `${didYouMean(name, all)} Metrics: ${all.join(', ')}`;
      throw new JobbenchError('USAGE', `--metric: ${label} has no metric "${name}"${hint}`);
    }
  }
}

/** @throws JobbenchError USAGE when there is nothing to show, or no number of a metric that was named */
export function assertRows({ rows, notes }: Comparison, metrics: readonly string[]): void {
  const why = notes.length > 0 ? ` (${notes.join('; ')})` : '';
  const without = metrics.find((metric) => {
    return rows.every(({ samples, sentence }) => samples.metric !== metric || sentence.startsWith(NEITHER_SIDE));
  });
  if (without !== undefined) {
    throw new JobbenchError('USAGE', `--metric ${without}: no cell has a number for it on both sides${why}`);
  }
  if (rows.length === 0) throw new JobbenchError('USAGE', `there is nothing to compare: no cell has numbers${why}`);
}

/** Why nothing is compared: the first field by name and values, the others by name. */
export function refusalText({ base, head }: Comparison, refusals: readonly Refusal[]): string {
  const [first, ...rest] = refusals;
  if (first === undefined) return '';
  const others = [...new Set(rest.map(({ field }) => field))].filter((field) => field !== first.field);
  const cells = new Set(refusals.map(({ cell }) => cell)).size;
  const more = [
    ...(others.length > 0 ? [`also ${others.slice(0, 5).join(', ')}${others.length > 5 ? ' and more' : ''}`] : []),
    ...(cells > 1 ? [`in ${cells} cells`] : []),
  ];
  const values = `${clean(first.base, 80)} in ${base.label} and ${clean(first.head, 80)} in ${head.label}`;
  const tail = more.length > 0 ? ` (${more.join(', ')})` : '';
  return `unlike things cannot be compared: ${first.field} of "${clean(first.cell, 120)}" is ${values}${tail}; ${adviceOn(first)}`;
}

function adviceOn({ field, base, head }: Refusal): string {
  if (field === VIRTUAL) return 'measure both (jobbench run), or simulate both (jobbench simulate)';
  const unknown = field.startsWith('options.') && [base, head].includes(ABSENT);
  return unknown
    ? 'leave an option that one side does not know at its default, or measure both with it'
    : 'run both with the same settings';
}
