import type { Comparison } from '../../src/core/comparison.js';

/** Options for trials as short as they can be where what is looked for is large. */
export const SHORTEST: readonly string[];
export function ab(args: readonly string[]): Promise<{ code: number; comparison: Comparison }>;
