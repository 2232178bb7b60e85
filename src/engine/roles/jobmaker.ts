import { eventAt } from '../../core/deliveries.js';
import type { Job } from '../../core/job.js';
import type { JobKind } from '../../core/layout.js';
import type { ProcessPlan } from '../../core/plan.js';
import { seeded, seedFor } from '../../core/random.js';
import { lengths } from '../lengths.js';

/** Letters of a payload repeat after so many: to draw each of 64 megabytes takes seconds in every process that enqueues. */
const PATTERN_BYTES = 4096;

/**
 * Jobs are made when they are needed, from payloads that were made beforehand: a literal costs a few nanoseconds, and a
 * million of them kept in memory would cost the garbage collector more. What only some jobs have is looked at once a
 * phase, so that plain ones cost nothing more.
 */
export function jobMaker(
  plan: ProcessPlan & { readonly producer: NonNullable<ProcessPlan['producer']> },
): (kind?: JobKind) => (k: number) => Job {
  const { ordinal, producers, jobs } = plan.producer;
  const { queue, attempts } = jobs;
  const random = seeded(seedFor(plan.seed, 'payload'));
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const pool = Array.from({ length: 64 }, () => {
    const text = Buffer.alloc(Math.min(jobs.payloadBytes, PATTERN_BYTES));
    for (let i = 0; i < text.length; i++) text[i] = letters.charCodeAt(Math.floor(random() * letters.length));
    return Buffer.alloc(jobs.payloadBytes, text).toString('latin1');
  });
  return ({ work = jobs.work, takes, priority, backoff, deliveries } = {}) => {
    const plain = (k: number): Job => {
      const index = ordinal + k * producers;
      const payload = pool[k & 63] as string; // 64 of them
      return attempts > 1 ? { index, queue, attempts, work, payload } : { index, queue, work, payload };
    };
    const event = deliveries && eventAt(deliveries, plan.seed, ordinal);
    const marks = { ...(priority !== undefined && { priority }), ...(backoff && { backoff }) };
    const draw = takes === undefined ? undefined : lengths(takes, plan.seed);
    if (Object.keys(marks).length === 0 && event === undefined && draw === undefined) return plain;
    return (k) => {
      const job = { ...plain(k), ...marks, ...(draw && { work: { kind: 'io' as const, ms: draw() } }) };
      if (deliveries === undefined || event === undefined) return job;
      const key = `event-${ordinal}-${event(k)}`;
      return { ...job, key, work: { kind: 'effect', event: key, ...deliveries.effect } };
    };
  };
}
