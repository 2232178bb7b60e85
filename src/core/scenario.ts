import type { z } from 'zod';
import type { Layout } from './layout.js';
import type { Measured, MetricInfo } from './metric.js';
import type { Timeline } from './timeline.js';
import type { Traits } from './traits.js';

/** What was measured before the first block, for layouts that depend on it. */
export interface Capacity {
  /** Jobs per second this adapter carries with these workers and this work, saturated. */
  readonly jobsPerS?: number;
  /** Requests per second the web server answers alone, saturated. */
  readonly webPerS?: number;
}

export interface LayoutContext {
  readonly traits: Traits;
  readonly capacity: Capacity;
  /** In virtual time; real when absent. */
  readonly time?: 'virtual';
  /** Traces that params name, read before anything starts. */
  readonly traces?: ReadonlyMap<string, Trace>;
}

/** Arrivals of another day, from a file. */
export interface Trace {
  /** Milliseconds since the first, ascending. */
  readonly atMs: Float64Array;
  /** Absent where the file says nothing of it. */
  readonly runMs?: Float64Array;
  readonly queues?: { readonly names: readonly string[]; readonly of: Uint16Array };
}

export type Params = Readonly<Record<string, unknown>>;

/** How much time a run may take: what it chooses where the user does not. `virtual` is that of `simulate`. */
export type ProfileName = 'quick' | 'standard' | 'thorough' | 'virtual';

/** A question asked of adapters. One file in src/scenarios/ exports one of these as default. */
export interface Scenario<P = Params, M extends string = string> {
  /** What a reader learns, as a question. */
  readonly question: string;
  /** Part of a run when the user names no scenario. */
  readonly byDefault: boolean;
  /** The load model, in a few words, printed beside the numbers. */
  readonly model: string;
  readonly params: z.ZodObject;
  readonly metrics: Readonly<Record<M, MetricInfo>>;
  /** What must be measured before the layout of these cells can be made. */
  calibrate(group: readonly P[]): readonly (keyof Capacity)[];
  /** Params whose values share one trial, a phase each: measured in the same processes, a few seconds apart. */
  readonly together?: readonly (keyof P & string)[];
  /** Params that tell its cells apart, shown in ids and tables even when nobody set them. */
  readonly shown?: readonly (keyof P & string)[];
  /** Can be asked in virtual time too: its load is open, and nothing in it depends on this machine. */
  readonly virtual?: true;
  /** Options of the adapter that params stand for. An adapter that has no such option is skipped. */
  settings?(params: P): Readonly<Record<string, string | number>>;
  /** Of these options, the ones that are its question: a user who sets them himself is told to use the params. */
  readonly sweeps?: readonly string[];
  /** Adapters without these are skipped, and the result says so. */
  requires(params: P, traits: Traits): Partial<Traits>;
  /** The cells that an unset param stands for: `contention` has one per placement and level. Default: one. */
  expand?(params: P, traits: Traits, profile: ProfileName): readonly P[];
  /** @param group cells that share the trial: alike in all but `together` */
  layout(group: readonly [P, ...P[]], context: LayoutContext): Layout;
  /** A forgotten metric does not compile. Pure. */
  measure(timeline: Timeline, params: P, context: LayoutContext): Measured<M>;
  /** What is wrong with a trial beyond its ledger: a rate that was not held, a backlog that grows. */
  judge?(timeline: Timeline, params: P, context: LayoutContext): readonly Finding[];
  /** Spans of each measured job in ms, for histograms: wait, total, ... */
  spans?(timeline: Timeline, params: P, context: LayoutContext): Readonly<Record<string, Float64Array>>;
  /** Percentiles that are read from the merged histograms of all trials: metric -> [span, quantile]. */
  readonly quantiles?: Readonly<Partial<Record<M, readonly [span: string, quantile: number]>>>;
  /** The phases whose processor time and memory belong to a cell; all but the warm-up when absent. */
  measured?(params: P): readonly string[];
  /** Measures parts that compete for cores: marked where there are few. */
  readonly colocates?: true;
  /** What the samples of its percentiles are, in the plural; jobs when absent. */
  readonly samples?: string;
  /** Settings that a reader needs to understand a row, once they are known: `200/s`, `107/s = 50 %`. */
  describe?(params: P, context: LayoutContext): string | undefined;
  /** What was learned, in a sentence or two, from the cells of this scenario. */
  lesson?(cells: readonly LessonCell[]): string | undefined;
  /** A word on those cells that stand out among the others. */
  mark?(cells: readonly LessonCell[]): ReadonlyMap<LessonCell, string>;
  /** What the marks mean, for below the table. */
  readonly marks?: string;
}

/**
 * Something a reader must know about a trial. `invalid` takes its numbers away, and the cell's with them. `environment`
 * sets only the trial aside: a stepped clock says nothing of the backend.
 */
export interface Finding {
  readonly severity: 'invalid' | 'environment' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** As much of a cell as a lesson may use. */
export interface LessonCell {
  readonly adapter: string;
  readonly params: Params;
  readonly traits: Traits;
  readonly status: string;
  /** Median of trials, or the merged percentile where single trials are too short. */
  readonly values: Readonly<Record<string, number>>;
}
