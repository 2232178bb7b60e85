import type { Address, Options } from '../core/adapter.js';

/** What a process whose system calls are watched is to do, read by it from stdin. */
export interface FlusherOrder {
  readonly module: string;
  readonly address: Address;
  readonly options: Options;
  readonly jobs: number;
  /** The file that is written to only for the trace. */
  readonly marks: string;
}

/** A word that no other job has: whoever writes it as it is, is known to have written this job. */
export function payloadOf(index: number): string {
  return `payload-${index}-of-a-watched-job`;
}
