import { randomBytes } from 'node:crypto';
import type { Job } from '../../core/job.js';

/** A job as it is in a list: `<id>,<failures>,<deaths>;<JSON>`, of which scripts read the part before the semicolon. */
export interface Claimed {
  readonly entry: string;
  readonly id: string;
  readonly failures: number;
  /** Workers that died with it in their hands. */
  readonly deaths: number;
  readonly job: Job;
}

/** Makes entries that no other session makes; those of one session sort as they were made. */
export function entries(): (job: Job) => string {
  const session = randomBytes(6).toString('hex');
  let made = 0;
  return (job) => `${session}${(made++).toString(36).padStart(8, '0')},0,0;${JSON.stringify(job)}`;
}

export function readEntry(entry: string): Claimed {
  const end = entry.indexOf(';');
  const [id = '', failures, deaths] = entry.slice(0, end).split(',');
  const job = JSON.parse(entry.slice(end + 1)) as Job; // a session of ours wrote it: the keys have our prefix
  return { entry, id, failures: Number(failures), deaths: Number(deaths), job };
}

/** The same job after one more attempt that failed. */
export function afterFailure({ entry, id, failures, deaths }: Claimed): string {
  return `${id},${failures + 1},${deaths}${entry.slice(entry.indexOf(';'))}`;
}
