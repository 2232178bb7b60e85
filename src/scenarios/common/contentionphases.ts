import type { Phase } from '../../core/layout.js';
import type { LayoutContext } from '../../core/scenario.js';
import { ALONE_AGAIN, WEB_WARM_UP } from './web.js';

export const LEVELS = ['alone', 'idle', 'jobs', 'half', 'equal', 'saturated'] as const;
export type Level = (typeof LEVELS)[number];

export const WARM_CONNECTIONS = 16;

/** What the phases of a trial of contention depend on. */
interface P {
  readonly warmup: number;
  readonly duration: number;
  readonly webLoad: number;
  readonly equalRate: number;
}

/** Warm-up, and a phase for each level. */
export function contentionPhases(levels: readonly Level[], p: P, context: LayoutContext): Phase[] {
  return [...warmUps(p, context), ...halved(levels.map((level) => phaseFor(level, p, context)))];
}

function requests(p: P, context: LayoutContext, durationMs: number) {
  return { arrivals: 'poisson' as const, rate: webRate(p, context), durationMs };
}

function webRate(p: P, { capacity }: LayoutContext): number {
  return Math.max(1, ((capacity.webPerS ?? 500) * p.webLoad) / 100);
}

/** As asked, or up to twice that where it takes so long until there are enough requests for a p99. */
function levelMs(p: P, context: LayoutContext): number {
  const forP99 = (1150 * 1000) / webRate(p, context);
  return Math.max(p.duration, Math.min(forP99, 2 * p.duration));
}

/**
 * Half of web alone comes before all others and half after them: its processes get faster for seconds, and what is
 * measured first would look slower than what comes after it.
 */
function halved([first, ...others]: readonly Phase[]): Phase[] {
  if (first?.web === undefined || others.length === 0) return first === undefined ? [] : [first];
  const web = { ...first.web, durationMs: Math.ceil(first.web.durationMs / 2) };
  return [{ ...first, web }, ...others, { ...first, name: ALONE_AGAIN, web }];
}

/**
 * Jobs and requests for half the time, then requests alone: beside saturating jobs the server answers too few to be
 * compiled, and web alone, which is measured first, would look slower than it is.
 */
function warmUps(p: P, context: LayoutContext): Phase[] {
  const both = Math.ceil(p.warmup / 2);
  return [
    {
      name: 'warm-up',
      workers: 'on',
      jobs: { kind: 'saturate', durationMs: both, inFlight: 4, batch: 1 },
      web: requests(p, context, both),
      until: 'settled',
    },
    {
      name: WEB_WARM_UP,
      workers: 'off',
      // As many as it answers: what warms up is counted in requests, not in seconds.
      web: { arrivals: 'closed', rate: WARM_CONNECTIONS, durationMs: p.warmup },
      until: 'produced',
    },
  ];
}

function phaseFor(level: Level, p: P, context: LayoutContext): Phase {
  const durationMs = levelMs(p, context);
  const web = requests(p, context, durationMs);
  const open = (ratePerS: number) => ({ kind: 'open' as const, arrivals: 'poisson' as const, ratePerS, durationMs });
  const saturate = { kind: 'saturate' as const, durationMs, inFlight: 4, batch: 1 };
  switch (level) {
    case 'alone':
      return { name: level, workers: 'off', web, until: 'produced' };
    case 'idle':
      return { name: level, workers: 'on', web, until: 'produced' };
    case 'jobs':
      return { name: level, workers: 'on', jobs: saturate, until: 'settled' };
    case 'half':
      return { name: level, workers: 'on', web, jobs: open((context.capacity.jobsPerS ?? 100) / 2), until: 'settled' };
    case 'equal':
      return { name: level, workers: 'on', web, jobs: open(p.equalRate), until: 'settled' };
    case 'saturated':
      return { name: level, workers: 'on', web, jobs: saturate, until: 'settled' };
    default:
      return level satisfies never;
  }
}
