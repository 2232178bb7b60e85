import type { Comparison } from '../../src/core/comparison.js';

export function ab(args: readonly string[]): Promise<{ code: number; comparison: Comparison }>;
