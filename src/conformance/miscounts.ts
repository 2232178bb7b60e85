import { JobbenchError } from '../core/errors.js';

/** lost: jobs that never ended, or of which nobody told. repeated: that began, or were told of, more often than they should. */
export type MiscountKind = 'lost' | 'repeated';

/**
 * Jobs that do not add up, in a case that is about something else. A violation, unless jobs are lost or repeated where nothing
 * happens to them at all: then that has been told, and this case cannot tell what its own doing was.
 */
export interface Miscount {
  readonly kind: MiscountKind;
  readonly said: string;
}

/** A wait for jobs that do not come to their end. */
export class NotSettled extends JobbenchError {
  constructor(message: string) {
    super('TIMEOUT', message);
    this.name = 'NotSettled';
  }
}

/** Waits; where it is in vain, says so, so that what can be judged all the same is. */
export async function orMiscount(waiting: Promise<void>): Promise<Miscount[]> {
  try {
    await waiting;
    return [];
  } catch (error) {
    if (error instanceof NotSettled) return [{ kind: 'lost', said: error.message }];
    throw error;
  }
}
