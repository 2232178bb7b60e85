import type { Adapter } from '../core/adapter.js';
import type { AdapterRef } from '../core/plan.js';
import type { Traits } from '../core/traits.js';

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
  readonly allowRemote: boolean;
  readonly signal: AbortSignal;
}

/** One promise of the contract, chosen by what an adapter declares, never by its name. */
export interface Case {
  /** What is promised, as a reader of a report understands it. */
  readonly name: string;
  applies(traits: Traits): boolean;
  /** @returns a sentence for each violation; none = the promise was kept */
  run(context: Context): Promise<readonly string[]>;
}
