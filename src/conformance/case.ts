import type { Adapter } from '../core/adapter.js';
import { codeOf, describeError } from '../core/errors.js';
import type { AdapterRef } from '../core/plan.js';
import type { Provable } from '../core/promises.js';
import type { Traits } from '../core/traits.js';
import { type Miscount, NotSettled } from './miscounts.js';

/** How long a user bears an enqueue; the deadline of our own waits, `timeoutMs`, has nothing to do with it. */
export const HUNG_MS = 20_000;

/** quick: at most a minute an adapter. full: at most ten. */
export type Level = 'quick' | 'full';

/** The adapter in question, and where and how to try it. */
export interface Context {
  readonly adapter: Adapter;
  readonly ref: AdapterRef;
  /** With the options that were chosen. */
  readonly traits: Traits;
  /** Short: names folders and everything made outside them. */
  readonly runId: string;
  /** Each case makes a folder of its own in here, and removes it. */
  readonly scratchRoot: string;
  readonly spinsPerMs: number;
  readonly seed: number;
  /** Deadline of each wait for the adapter. */
  readonly timeoutMs: number;
  /** No enqueue may take longer, whatever its own timeout is: a user takes it for hung. `HUNG_MS` when absent. */
  readonly hungMs?: number;
  readonly allowRemote: boolean;
  /** quick when absent. */
  readonly level?: Level;
  readonly signal: AbortSignal;
}

/** More than sentences of what is wrong: what was counted, or why it could not be tried. */
export interface Found {
  readonly violations: readonly string[];
  /** Jobs that do not add up: violations as well, where the case for that found none. */
  readonly miscounts?: readonly Miscount[];
  /** Of what was thrown on the way, where something was: `TIMEOUT`. */
  readonly code?: string;
  /** Counts, as `lost 0, repeated 3 of 1,000, all in flight`. */
  readonly facts?: readonly string[];
  /** The same for programs: `recovery_ms`. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Why it could not be tried here or at this level; then `violations` is empty. */
  readonly notTested?: string;
  /** It turned out that the adapter promises nothing of the kind. */
  readonly notClaimed?: true;
}

/** One promise of the contract, chosen by what an adapter declares, never by its name. */
export interface Case {
  /** What is promised, as a reader of a report understands it. */
  readonly name: string;
  /** The word of the traits that it is a proof of. */
  readonly about?: Provable;
  /**
   * Most of its time it waits for a lease to lapse, so that others may be tried meanwhile; or, where jobs run in processes that
   * the backend starts for them, for those to be there.
   */
  readonly waits?: 'for leases' | 'for machines';
  /** @param adapter where it depends on what the adapter lets be done to its place */
  applies(traits: Traits, adapter?: Adapter): boolean;
  /** @returns a sentence for each violation; none = the promise was kept */
  run(context: Context): Promise<readonly string[] | Found>;
}

/** What an adapter throws, or what we throw for it when it misses a deadline, is a violation. */
export function thrown(error: unknown): Found {
  const name = error instanceof Error ? error.name : 'Error';
  const code = describeError(codeOf(error) ?? name);
  if (!(error instanceof NotSettled)) return { violations: [describeError(error)], code };
  return { violations: [], miscounts: [{ kind: 'lost', said: describeError(error) }], code };
}
