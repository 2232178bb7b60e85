import type { Refused } from '../../core/metric.js';
import { phaseOf, type Requests, type Timeline } from '../../core/timeline.js';
import { printableQuantile, quantile } from '../../stats/quantile.js';
import { steadyRate } from '../../stats/rate.js';
import { backlogGrowth } from './openloop.js';

/** Latency of each answered request of a phase in ms, from the instant it was due. */
export function webLatencies(timeline: Timeline, phase: string): Float64Array {
  const { due, finished, ok } = requestsOf(timeline, phase);
  return Float64Array.from(due, (at, i) => (ok[i] === 1 ? (finished[i] as number) - at : Number.NaN)).filter(
    (ms) => !Number.isNaN(ms),
  );
}

export function webQuantile(timeline: Timeline, phase: string, q: number): number | Refused {
  return printableQuantile(webLatencies(timeline, phase), q, 'requests');
}

/** Requests answered with 200 per second, inside the phase. */
export function goodput(timeline: Timeline, phase: string): number {
  const { window } = phaseOf(timeline, phase);
  const { finished, ok } = requestsOf(timeline, phase);
  let answered = 0;
  for (let i = 0; i < ok.length; i++) if (ok[i] === 1 && (finished[i] as number) <= window.producedMs) answered++;
  return (answered * 1000) / (window.producedMs - window.startMs);
}

/** Requests that were not answered with 200, in percent of those that were due. */
export function requestLoss(timeline: Timeline, phase: string): number | Refused {
  const { ok } = requestsOf(timeline, phase);
  if (ok.length === 0) return { refused: 'no requests' };
  return (100 * ok.reduce((lost, one) => lost + (one === 1 ? 0 : 1), 0)) / ok.length;
}

/** Jobs settled per second inside the phase, its first tenth left out. */
export function jobsRate(timeline: Timeline, phase: string): number | Refused {
  const { window } = phaseOf(timeline, phase);
  const length = window.producedMs - window.startMs;
  return steadyRate(timeline.settled, window.startMs + length / 10, window.producedMs);
}

/** What a reader must know where requests were not sent when they were due: their latency includes it. */
export function lateRequests(timeline: Timeline, phase: string): string | undefined {
  const { due, sent } = requestsOf(timeline, phase);
  const lags = Float64Array.from(due, (at, i) => (sent[i] as number) - at).filter((ms) => !Number.isNaN(ms));
  const answered = webLatencies(timeline, phase);
  if (lags.length === 0 || answered.length === 0) return undefined;
  const lag = quantile(lags, 0.99);
  if (lag <= Math.max(1, 0.1 * quantile(answered, 0.5))) return undefined;
  return `requests were sent late at level ${phase} (p99 ${lag.toFixed(1)} ms); latencies count from the intended time and include it`;
}

/** Growth of unanswered requests per second, or undefined when stable. */
export function unstableWeb(timeline: Timeline, phase: string): number | undefined {
  const { window } = phaseOf(timeline, phase);
  const { due, finished } = requestsOf(timeline, phase);
  return backlogGrowth(due, finished, window);
}

function requestsOf(timeline: Timeline, phase: string): Requests {
  const found = timeline.requests.find((one) => one.phase === phase);
  if (found === undefined) throw new RangeError(`no web requests in phase "${phase}"`);
  return found;
}
