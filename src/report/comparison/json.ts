import type { Comparison } from '../../core/comparison.js';
import { safeDeep } from './safe.js';

export const COMPARISON_FORMAT = 'jobbench-comparison';
export const COMPARISON_VERSION = 1;

/** No text of ours is longer. */
const LONGEST = 2000;

/**
 * A comparison for programs: all rows with all their values. A limit that is not finite (an interval that excludes
 * nothing) is null.
 */
export function renderJson(comparison: Comparison): string {
  const document = { format: COMPARISON_FORMAT, version: COMPARISON_VERSION, ...comparison };
  return `${JSON.stringify(safeDeep(document, LONGEST), null, 1)}\n`;
}
