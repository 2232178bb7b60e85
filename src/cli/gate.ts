import type { Comparison } from '../core/comparison.js';

/** What makes a comparison fail. */
export const FAIL_ON = ['regression', 'inconclusive', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/**
 * The exit code of a comparison that could be made.
 * 99: a regression. 4: a side failed or broke its promise. 2: something that gates lacks a side, or nothing gates at all: a gate that gated nothing must not
 * pass. 5: it cannot be told, and the caller wants that to fail.
 */
export function exitCodeOfComparison({ rows, verdict }: Comparison, failOn: FailOn): number {
  if (failOn === 'never') return 0;
  if (!rows.some(({ samples }) => samples.gated)) return 2;
  switch (verdict) {
    case 'regression':
      return 99;
    case 'broken':
      return 4;
    case 'missing':
      return 2;
    case 'differs':
    case 'inconclusive':
      return failOn === 'inconclusive' ? 5 : 0;
    case 'small':
    case 'pass':
    case 'improvement':
      return 0;
    default:
      return verdict satisfies never;
  }
}
