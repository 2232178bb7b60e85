import { codeOf, describeError } from '../core/errors.js';
import { accounted } from './accounted.js';
import type { Case, Context } from './case.js';
import { concurrencyKept } from './concurrency.js';
import { neverEarly } from './early.js';
import { refusals } from './refusals.js';
import { retries } from './retries.js';
import { stopping } from './stopping.js';
import { traces } from './traces.js';

/** Cases that need no fault to be injected and take a few seconds together. */
export const QUICK: readonly Case[] = [accounted, neverEarly, concurrencyKept, stopping, retries, refusals, traces];

export interface Verdict {
  readonly name: string;
  readonly status: 'kept' | 'broken' | 'not promised';
  readonly violations: readonly string[];
}

/** Tries one promise. What an adapter throws, and a deadline it misses, is a violation as well. */
export async function verifyCase(one: Case, context: Context): Promise<Verdict> {
  if (!one.applies(context.traits)) return { name: one.name, status: 'not promised', violations: [] };
  const violations = await violationsOf(one, context);
  return { name: one.name, status: violations.length > 0 ? 'broken' : 'kept', violations };
}

/** @throws JobbenchError ABORTED when the signal fires */
async function violationsOf(one: Case, context: Context): Promise<readonly string[]> {
  try {
    return await one.run(context);
  } catch (error) {
    if (codeOf(error) === 'ABORTED') throw error;
    return [describeError(error)];
  }
}
