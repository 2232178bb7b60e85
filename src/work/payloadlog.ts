import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Job } from '../core/job.js';

/** What arrived with a job, as its handler saw it. */
export interface Carried {
  readonly index: number;
  readonly queue: string;
  readonly digest: string;
}

/** Appends a line for each job at once, so that a host that dies has said what it got. */
export function payloadLog(path: string): (job: Job) => void {
  return ({ index, queue, payload }) => {
    appendFileSync(path, `${JSON.stringify({ index, queue, digest: digestOf(payload) } satisfies Carried)}\n`);
  };
}

/** Of the UTF-16 units: unlike UTF-8 they tell a lone surrogate from what it might be replaced with. */
export function digestOf(payload: string): string {
  return createHash('sha256').update(Buffer.from(payload, 'utf16le')).digest('hex');
}

/** The lines of such a file. */
export function parseCarried(text: string): Carried[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Carried); // `payloadLog` wrote them
}
