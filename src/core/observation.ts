/** What an adapter's session saw, by its own clock: totals, and milliseconds per job. */
export interface Observation {
  readonly totals: Readonly<Record<string, number>>;
  /** span name -> for each job that has it: [job index, ms] */
  readonly spans: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** The same as a column: row = job index, NaN = the job does not have it. Where there are too many for pairs. */
  readonly columns?: Readonly<Record<string, Float64Array>>;
}
