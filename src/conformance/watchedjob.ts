import type { Address, Options } from '../core/adapter.js';

/** Jobs of `from .. from + jobs - 1`: by calls of one turn of the event loop, or by a bulk call. */
export interface Round {
  readonly how: 'calls' | 'bulk';
  readonly from: number;
  readonly jobs: number;
}

/** The indices of its jobs. */
export function indicesOf({ from, jobs }: Round): number[] {
  return Array.from({ length: jobs }, (_, n) => from + n);
}

/** What a process whose system calls are watched is to do, read by it from stdin. */
export interface FlusherOrder {
  readonly module: string;
  readonly address: Address;
  readonly options: Options;
  /** One after another. */
  readonly rounds: readonly Round[];
  /** The file that is written to only for the trace. */
  readonly marks: string;
}

/** A word that no other job has: whoever writes it as it is, is known to have written this job. */
export function payloadOf(index: number): string {
  return `payload-${index}-of-a-watched-job`;
}
