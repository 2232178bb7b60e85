import { codeOf } from '../core/errors.js';
import { accounted } from './accounted.js';
import { backoffKept } from './backoff.js';
import { type Case, type Context, type Found, thrown } from './case.js';
import { closedRefuses } from './closed.js';
import { concurrencyKept } from './concurrency.js';
import { neverEarly } from './early.js';
import { inOrder } from './fifo.js';
import { settleMiscounts } from './found.js';
import { isolated } from './isolation.js';
import type { MiscountKind } from './miscounts.js';
import { oversize } from './oversize.js';
import { payloads } from './payloads.js';
import { deadVisible, poison } from './poison.js';
import { priorities } from './priorities.js';
import { refusals } from './refusals.js';
import { retries } from './retries.js';
import { stopping } from './stopping.js';
import { traces } from './traces.js';
import { unique } from './unique.js';
import { weightedShares } from './weights.js';

/** Cases that need no fault to be injected and take a few seconds together. */
export const QUICK: readonly Case[] = [
  accounted,
  neverEarly,
  inOrder,
  priorities,
  weightedShares,
  unique,
  concurrencyKept,
  stopping,
  retries,
  backoffKept,
  poison,
  deadVisible,
  payloads,
  oversize,
  isolated,
  refusals,
  closedRefuses,
  traces,
];

export interface Verdict extends Found {
  readonly name: string;
  readonly status: 'kept' | 'broken' | 'not promised' | 'not tested';
}

const NOTHING: ReadonlySet<MiscountKind> = new Set();

/**
 * Tries one promise. What an adapter throws, and a deadline it misses, is a violation as well.
 * @param known what is known to be wrong with jobs to which nothing happens
 */
export async function verifyCase(one: Case, context: Context, known = NOTHING): Promise<Verdict> {
  const { name } = one;
  if (!one.applies(context.traits, context.adapter)) return { name, status: 'not promised', violations: [] };
  const found = settleMiscounts(await foundBy(one, context), known);
  return { name, status: statusOf(found), ...found };
}

function statusOf({ violations, notTested, notClaimed }: Found): Verdict['status'] {
  if (violations.length > 0) return 'broken';
  if (notClaimed) return 'not promised';
  return notTested === undefined ? 'kept' : 'not tested';
}

/** @throws JobbenchError ABORTED when the signal fires */
async function foundBy(one: Case, context: Context): Promise<Found> {
  try {
    const found = await one.run(context);
    return 'violations' in found ? found : { violations: found };
  } catch (error) {
    if (codeOf(error) === 'ABORTED' || context.signal.aborted) throw error;
    return thrown(error);
  }
}
