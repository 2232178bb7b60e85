import type { Summary } from './result.js';

/**
 * What is said of one metric of one cell. `differs` is the strongest word for files that were measured at different
 * times while no history of identical code says how far apart such files fall anyway; `missing` is a metric or a cell
 * that one side lacks, which never passes. `broken` is a side that failed, or lost, repeated or refused jobs: it has no
 * numbers, for a reason that matters more than any.
 */
export type Verdict =
  | 'regression'
  | 'small'
  | 'pass'
  | 'improvement'
  | 'inconclusive'
  | 'differs'
  | 'missing'
  | 'broken';

/** How two samples were taken, which decides how they may be compared. */
export type Pairing =
  /** Trials of one block, in random order, on one machine: exact signed-rank test of the pairs. */
  | 'interleaved'
  /** Files of different runs: exact Mann-Whitney test, and the noise floor of the history decides what is real. */
  | 'apart';

/** One metric of one cell on both sides: what a row is judged from. Values are of trials, in order of their blocks. */
export interface Samples {
  /** Names the row: cell id and metric. Unique within a comparison. */
  readonly id: string;
  readonly cell: string;
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly base: readonly number[];
  readonly head: readonly number[];
  readonly pairing: Pairing;
  /** The least slowdown that counts as a regression, as a ratio: 0.05 is 5 %. */
  readonly threshold: number;
  /** Changes below this are never called real, as a ratio. */
  readonly floor: number;
  /**
   * Of files measured apart: whether `floor` was learned from runs of identical code. Without that nobody knows how far
   * such files fall apart anyway, so the strongest word is `differs`, and nothing passes.
   */
  readonly history?: 'learned' | 'none';
  /** Whether the verdict of this row decides the exit code, and so belongs to the family of Holm's correction. */
  readonly gated: boolean;
}

/** A slowdown as a ratio: above 0 is worse, whichever way the metric points; 0.05 is 5 % worse. */
export interface Effect {
  /** exp(Hodges-Lehmann) - 1 of the logarithms. */
  readonly slowdown: number;
  readonly low95: number;
  readonly high95: number;
  readonly low99: number;
  readonly high99: number;
}

/** One judged row. */
export interface Judged {
  readonly samples: Samples;
  readonly verdict: Verdict;
  /** A sentence that a person understands without knowing the test. */
  readonly sentence: string;
  /** Absent where there is nothing to compute: too few values, a value of 0, a side that is missing. */
  readonly effect?: Effect;
  /** Of this row alone, and after Holm's correction over the gated rows. */
  readonly p?: number;
  readonly adjustedP?: number;
  readonly base?: Summary;
  readonly head?: Summary;
  /** Smallest change that this many blocks of this spread find in 4 of 5 cases, as a ratio. */
  readonly detectable?: number;
  /** Blocks that would be needed to tell a change of `threshold` in 4 of 5 cases; only when inconclusive. */
  readonly blocksNeeded?: number;
}

/** Why two things cannot be compared at all: names the field, and both values. */
export interface Refusal {
  readonly cell: string;
  readonly field: string;
  readonly base: string;
  readonly head: string;
}

/** A whole comparison: what tables, Markdown, JSON and exporters are rendered from. */
export interface Comparison {
  readonly kind: 'ab' | 'compare';
  readonly base: Side;
  readonly head: Side;
  readonly rows: readonly Judged[];
  /** Metrics that would have gated, and have no number on either side: they are no rows, and decide nothing. */
  readonly unjudged?: number;
  /** The worst of the gated rows: what the exit code is decided by. */
  readonly verdict: Verdict;
  readonly threshold: string;
  /** One per unit of like metrics with more than one row: exp(mean(log ratio)) as a slowdown. */
  readonly means: readonly {
    readonly unit: string;
    readonly better: 'higher' | 'lower';
    readonly slowdown: number;
    readonly rows: number;
  }[];
  /** Blocks measured and left out, only for reasons of the environment; of `ab`. */
  readonly blocks?: {
    readonly measured: number;
    readonly dropped: number;
    readonly looks: number;
    readonly reasons: readonly string[];
  };
  /** What the machine can see, and whatever else a reader must know, in sentences. */
  readonly notes: readonly string[];
  /** Differences of the machines, Node, drivers and servers: printed, not refused. */
  readonly differences: readonly { readonly field: string; readonly base: string; readonly head: string }[];
}

export interface Side {
  readonly label: string;
  /** File name, or the arm as it was given. */
  readonly source: string;
  readonly startedAt?: string;
}
