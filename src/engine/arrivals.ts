import type { Epoch, RunMs } from '../core/clock.js';
import { exponential, seeded } from '../core/random.js';

/** How events of an open load are spread over time. */
export interface OpenSchedule {
  readonly arrivals: 'poisson' | 'constant';
  readonly ratePerS: number;
  readonly durationMs: number;
}

/**
 * Instants in ms from the start of the phase, ascending. The same seed gives the same schedule: whoever has the plan
 * knows when each job was due, so due times never travel.
 */
export function arrivals(schedule: OpenSchedule, seed: number): Float64Array {
  const gapMs = 1000 / schedule.ratePerS;
  if (schedule.arrivals === 'constant') {
    return Float64Array.from({ length: Math.floor(schedule.durationMs / gapMs) }, (_, i) => i * gapMs);
  }
  const random = seeded(seed);
  const times: number[] = [];
  for (let at = exponential(random, gapMs); at < schedule.durationMs; at += exponential(random, gapMs)) times.push(at);
  return Float64Array.from(times);
}

/**
 * When a job that is enqueued ahead of time is due, on the run clock: `aheadMs` after its arrival, moved up to the next
 * whole millisecond of the wall clock, which is what `enqueueAt` takes.
 */
export function dueAhead(epoch: Epoch, calledMs: number, aheadMs: number): RunMs {
  return (Math.ceil(epoch.wallMs + calledMs + aheadMs) - epoch.wallMs) as RunMs;
}
