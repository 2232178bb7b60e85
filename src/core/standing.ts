import type { Judged } from './comparison.js';

/** How a cell stands in one metric among those that carried the same load and promise the same. */
export interface Standing {
  /** Id of the cell. */
  readonly cell: string;
  readonly metric: string;
  /** Id of the cell with the best number; this one's own where it is the best. */
  readonly best: string;
  /** How many times better the best is: 1 for the best, absent where a number is 0 or less. */
  readonly factor?: number;
  /** Others of the same load and promise that have a number. */
  readonly rivals: number;
  /** Whether the difference is more than noise: of the best, to each of its rivals; of another, to the best. */
  readonly established: boolean;
  /** The trials of this cell beside those of the best, with the best as base; absent for the best itself. */
  readonly judged?: Judged;
}
