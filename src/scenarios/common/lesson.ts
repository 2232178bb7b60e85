import type { LessonCell } from '../../core/scenario.js';

/** Cells that have the metric, best first. */
export function ranked(cells: readonly LessonCell[], metric: string, better: 'higher' | 'lower'): LessonCell[] {
  const sign = better === 'higher' ? -1 : 1;
  return cells
    .filter((cell) => cell.status === 'ok' && cell.values[metric] !== undefined)
    .sort((a, b) => sign * ((a.values[metric] ?? 0) - (b.values[metric] ?? 0)));
}

/** How many times one number is another, as words read it: `3.2x`. */
export function factor(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined || b === 0) return '-';
  return `${digits(a / b)}x`;
}

/** Three significant digits at most. */
export function digits(value: number): string {
  return Number(value.toPrecision(value >= 100 ? 3 : 2)).toLocaleString('en-US');
}
