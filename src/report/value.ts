import type { Cell } from '../core/result.js';
import { SOLID_TAIL } from '../stats/quantile.js';
import { bare, spanText } from './numbers.js';
import { clean } from './text.js';

/** What a cell has to say about a metric: a number with what it spans, or why there is none. */
export interface Shown {
  /** `12.3k`, `~2.40`, `-`, `UNSTABLE`; empty where the metric does not apply. */
  readonly text: string;
  /** `[11.9k 12.8k]`; empty where there is one trial, or nothing varies. */
  readonly span: string;
  readonly refused?: string;
}

/**
 * Percentiles of all trials together stand before the median of the trials' own, where there are both: they rest on
 * more jobs. The span is always that of the trials.
 */
export function shown(cell: Cell, metric: string, unit: string): Shown {
  const summary = own(cell.summary, metric);
  const merged = own(cell.merged, metric);
  const value = merged?.value ?? summary?.median;
  if (value === undefined) return missing(own(cell.refused, metric));
  const rough = merged !== undefined && merged.tail < SOLID_TAIL ? '~' : '';
  const text = bare(value, unit);
  return { text: rough + text, span: spanText(summary?.low ?? value, summary?.high ?? value, unit) };
}

/** A reason that begins with a word in capitals is a verdict, and is shown in place of the number. */
function missing(reason: string | undefined): Shown {
  if (reason === undefined) return { text: '', span: '' };
  const refused = clean(reason, 200);
  return { text: /^[A-Z]{3,12}\b/.exec(refused)?.[0] ?? '-', span: '', refused };
}

/** A file may name a metric like a method of every object. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
