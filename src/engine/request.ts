import type { Adapter } from '../core/adapter.js';
import type { AdapterRef } from '../core/plan.js';
import type { Params, ProfileName, Scenario, Trace } from '../core/scenario.js';

/** One adapter of a run: found, loaded, its options validated. */
export interface Contestant {
  /** `sqlite`, or with the options that were set: `sqlite?synchronous=full`. Unique within a run. */
  readonly label: string;
  readonly ref: AdapterRef;
  readonly adapter: Adapter;
  /** Options that the user set. */
  readonly given?: ReadonlySet<string>;
}

/** One scenario of a run with every combination of the params that lists made. */
export interface Question {
  readonly name: string;
  readonly scenario: Scenario;
  /** Validated by `scenario.params`; at least one. */
  readonly paramSets: readonly Params[];
  /** Fewer trials than the run has, where the profile says so; the run's when absent. */
  readonly trials?: number;
  /** Params that the user set: they belong in the ids of cells. */
  readonly given?: ReadonlySet<string>;
}

/** Everything `measure` needs, validated: nothing in here can be a user's mistake any more. */
export interface RunRequest {
  /** Short, letters and digits: part of file names and of everything made outside the scratch folder. */
  readonly id: string;
  /** jobbench's own version. */
  readonly version: string;
  readonly contestants: readonly Contestant[];
  readonly questions: readonly Question[];
  readonly profile: ProfileName;
  readonly trials: number;
  /**
   * `arms`: the contestants are two versions of one thing. They get the same load, from the same seeds, at what the weaker
   * of them carries, and are measured one right after the other in each block. `rivals`: each gets what it can carry.
   */
  readonly contest?: 'arms' | 'rivals';
  readonly seed: number;
  /** `virtual`: trials are simulated; real when absent. */
  readonly time?: 'virtual';
  /** Traces that params name, as they were written. */
  readonly traces?: ReadonlyMap<string, Trace>;
  /** Deadline of a phase of a trial. */
  readonly timeoutMs: number;
  readonly allowRemote: boolean;
  /** Keep scratch folders. */
  readonly keep: boolean;
  /** argv, passwords removed. */
  readonly command: readonly string[];
}

/** Receives progress. Never called inside a measured window. */
export interface Observer {
  /** What is being done, replacing what was said before; with the estimated time left. */
  status(text: string, remainingMs: number | undefined): void;
  /** Something that should stay on the screen. */
  note(text: string): void;
}
