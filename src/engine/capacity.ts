import type { Layout } from '../core/layout.js';
import { phaseOf, type Timeline } from '../core/timeline.js';
import { steadyRate } from '../stats/rate.js';

const WARM_MS = 300;
const MEASURE_MS = 700;
const WEB_MS = 900;
const WEB_CONNECTIONS = 32;

/** The params on which a capacity depends: two cells that agree in them share a measurement. */
export function capacityKey(layout: Layout): string {
  const { work, payloadBytes, producers, workers, concurrency, attempts, web } = layout;
  return JSON.stringify([work, payloadBytes, producers, workers, concurrency, attempts, web?.placement]);
}

/** Saturates the backend with the jobs and workers of a layout, placed as there; a web server gets no requests. */
export function jobsProbe(layout: Layout): Layout {
  const saturate = (durationMs: number) => ({ kind: 'saturate' as const, durationMs, inFlight: 64, batch: 1 });
  return {
    ...layout,
    phases: [
      { name: 'warm-up', workers: 'on', jobs: saturate(WARM_MS), until: 'settled' },
      { name: 'capacity', workers: 'on', jobs: saturate(MEASURE_MS), until: 'settled' },
    ],
  };
}

export function jobsPerS(timeline: Timeline): number | undefined {
  const { window, indices } = phaseOf(timeline, 'capacity');
  const settled = Float64Array.from(indices, (i) => timeline.settled[i] as number);
  const rate = steadyRate(settled, window.startMs + MEASURE_MS * 0.15, window.startMs + MEASURE_MS);
  if (typeof rate === 'number' && rate > 0) return rate;
  // Slower than one job in the window: what was done until all had settled.
  return indices.length > 0 ? (indices.length * 1000) / (window.endMs - window.startMs) : undefined;
}

/** Saturates the web server of a layout, with no workers. */
export function webProbe(layout: Layout): Layout {
  const closed = (durationMs: number) => ({ arrivals: 'closed' as const, rate: WEB_CONNECTIONS, durationMs });
  return {
    ...layout,
    phases: [
      { name: 'warm-up', workers: 'off', web: closed(WARM_MS), until: 'produced' },
      { name: 'capacity', workers: 'off', web: closed(WEB_MS), until: 'produced' },
    ],
  };
}

export function webPerS(timeline: Timeline): number | undefined {
  const { window } = phaseOf(timeline, 'capacity');
  const requests = timeline.requests.find((one) => one.phase === 'capacity');
  if (requests === undefined) return undefined;
  const rate = steadyRate(requests.finished, window.startMs + WEB_MS * 0.15, window.startMs + WEB_MS);
  return typeof rate === 'number' && rate > 0 ? rate : undefined;
}
