import type { Session } from '../../core/adapter.js';
import type { RunMs } from '../../core/clock.js';
import type { Job } from '../../core/job.js';
import type { ColumnLog } from '../../work/eventlog.js';
import { type CallError, callError } from '../protocol.js';

const ERRORS_KEPT = 3;

/** The calls of one producer: written by the loops that call, read when a phase is over. */
export interface CallBook {
  readonly session: Session;
  readonly clock: () => RunMs;
  readonly log: ColumnLog;
  /** Makes the k-th job of this producer, of the kind that the phase asks for. */
  jobAt: (k: number) => Job;
  made: number;
  accepted: number;
  /** The first of this phase. */
  errors: CallError[];
}

/** @returns the instant at which the call was refused */
export function refused(book: CallBook, error: unknown): number {
  if (book.errors.length < ERRORS_KEPT) book.errors.push(callError(error));
  return book.clock();
}
