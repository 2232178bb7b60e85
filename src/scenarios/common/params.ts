import { z } from 'zod';
import type { Layout, Load, Phase } from '../../core/layout.js';
import { count, duration, parseWork, size, workText } from '../../core/units.js';

/** Params that every scenario has: what a job is, and who carries it. */
export const common = {
  work: workText.default('noop').describe('what a job does: noop, cpu:5ms, io:20ms, alloc:8MB, sqlite:1, fail:2'),
  payload: size({ max: 16 * 1024 * 1024 })
    .default(256)
    .describe('bytes of payload in each job'),
  producers: count({ min: 1, max: 64 }).default(1).describe('processes that enqueue'),
  workers: count({ min: 1, max: 64 }).default(1).describe('processes that execute'),
  concurrency: count({ min: 1, max: 1024 }).default(5).describe('jobs at once in each worker'),
  warmup: duration({ min: 100, max: 600_000 }).default(1000).describe('saturated before anything is measured'),
};
const commonShape = z.object(common);
export type CommonParams = z.infer<typeof commonShape>;

/** The part of a layout that the common params decide. */
export function commonLayout(params: CommonParams, phases: readonly Phase[]): Layout {
  const work = parseWork(params.work);
  return {
    producers: params.producers,
    workers: params.workers,
    concurrency: params.concurrency,
    work,
    payloadBytes: params.payload,
    attempts: work.kind === 'fail' ? work.times + 1 : 1,
    phases,
  };
}

/** What the work asks of an adapter, whatever the scenario. */
export function workNeeds(params: { readonly work: string }): { retries?: true } {
  return parseWork(params.work).kind === 'fail' ? { retries: true } : {};
}

/** Saturates the backend until it and the JIT are warm, and everything booted. */
export function warmUp(params: CommonParams): Phase {
  return {
    name: 'warm-up',
    workers: 'on',
    jobs: { kind: 'saturate', durationMs: params.warmup, inFlight: 64, batch: 1 },
    until: 'settled',
  };
}

/** A queue that is full before workers begin. @param durationMs of what is measured on it: filling may take ten times as long */
export function filling(jobs: number, durationMs: number): Load {
  return { kind: 'count', jobs, inFlight: 64, batch: 1, maxMs: Math.max(30_000, 10 * durationMs) };
}
