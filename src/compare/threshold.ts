import { JobbenchError } from '../core/errors.js';

/** Changes below this are never called real, whatever a test says of them. */
export const FLOOR = 0.02;

/** What a metric's rows are judged by. */
export interface Gate {
  /** The least slowdown that counts as a regression, as a ratio. */
  readonly threshold: number;
  /** Whether the metric decides the exit code where nobody names metrics. */
  readonly gated: boolean;
}

const THROUGHPUT = 0.05;
const MEDIAN = 0.1;
const TAIL = 0.25;

/** Rates that the load decides, not the backend: they say that a trial is valid, and nothing else. */
const OFFERED = new Set(['achieved_rate', 'web_goodput']);

/**
 * Rates gate at 5 %, medians at 10 %, p99 at 25 %: tails vary more, so the same strictness would cry wolf. What has
 * no test of its own (a maximum, a p99.9, an index, a count) is shown, and gates only where it is named.
 */
export function gateOf(metric: string, unit: string): Gate {
  if (unit === 'jobs/s' || unit === 'req/s') return { threshold: THROUGHPUT, gated: !OFFERED.has(metric) };
  if (metric.endsWith('_p50')) return { threshold: MEDIAN, gated: true };
  if (/_p9\d$/.test(metric)) return { threshold: TAIL, gated: true };
  if (/_(p9\d\d|max)$/.test(metric)) return { threshold: TAIL, gated: false };
  return { threshold: MEDIAN, gated: false };
}

/** The thresholds of a comparison, for its headline. */
export function thresholdText(given: number | undefined): string {
  if (given !== undefined) return percentText(given);
  return `throughput ${percentText(THROUGHPUT)}, p50 ${percentText(MEDIAN)}, p99 ${percentText(TAIL)}`;
}

/** A ratio from `5%` or `2.5 %`. @throws JobbenchError USAGE with what is allowed */
export function parseThreshold(text: string, written: string): number {
  const match = /^\s*(\d{1,3}(?:\.\d{1,3})?)\s*%\s*$/.exec(text);
  const ratio = Number(match?.[1]) / 100;
  if (match !== null && ratio >= FLOOR && ratio <= 5) return ratio;
  const least = percentText(FLOOR);
  throw new JobbenchError(
    'USAGE',
    `${written}: "${text}" is not allowed; write a percentage from ${least} to 500%: 5%`,
  );
}

export function percentText(ratio: number): string {
  return `${Number((ratio * 100).toFixed(3))}%`;
}
