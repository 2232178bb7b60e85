import type { Epoch, RunMs } from '../core/clock.js';
import type { Arrivals, Load, WebLoad } from '../core/layout.js';
import { exponential, seeded, seedFor } from '../core/random.js';

/** How events of an open load are spread over time. */
export interface OpenSchedule {
  readonly arrivals: Arrivals;
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
  if (schedule.arrivals === 'diurnal') return diurnal(schedule, random);
  const times: number[] = [];
  for (let at = exponential(random, gapMs); at < schedule.durationMs; at += exponential(random, gapMs)) times.push(at);
  return Float64Array.from(times);
}

const DAY_MS = 86_400_000;
/** The busiest moment has so much more than the mean, and the calmest so much less. */
const SWING = 0.8;

/** By thinning (Lewis and Shedler, 1979): arrivals at the rate of the peak, each kept with the share that its hour has of it. */
function diurnal({ ratePerS, durationMs }: OpenSchedule, random: () => number): Float64Array {
  const times: number[] = [];
  const gapMs = 1000 / (ratePerS * (1 + SWING));
  for (let at = exponential(random, gapMs); at < durationMs; at += exponential(random, gapMs)) {
    const now = 1 - SWING * Math.cos((2 * Math.PI * at) / DAY_MS); // from midnight, which is the calmest
    if (random() * (1 + SWING) < now) times.push(at);
  }
  return Float64Array.from(times);
}

/** The plan of an open load, whoever asks: ms from the start of the phase. */
export function plannedAt(load: Extract<Load, { kind: 'open' | 'listed' }>, seed: number): Float64Array {
  return load.kind === 'listed' ? Float64Array.from(load.atMs) : arrivals(load, seed);
}

/** Arrival times of requests in ms from the start of the phase; none in a closed loop, where a request is due when it is sent. */
export function webArrivals(load: WebLoad, seed: number, phase: string): Float64Array {
  if (load.arrivals === 'closed') return new Float64Array(0);
  const { arrivals: kind, rate, durationMs } = load;
  return arrivals({ arrivals: kind, ratePerS: rate, durationMs }, seedFor(seed, 'web', phase));
}

/**
 * When a job that is enqueued ahead of time is due, on the run clock: `aheadMs` after its arrival, moved up to the next
 * whole millisecond of the wall clock, which is what `enqueueAt` takes.
 */
export function dueAhead(epoch: Epoch, calledMs: number, aheadMs: number): RunMs {
  return (Math.ceil(epoch.wallMs + calledMs + aheadMs) - epoch.wallMs) as RunMs;
}
