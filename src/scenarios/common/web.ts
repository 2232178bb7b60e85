import type { Refused } from '../../core/metric.js';
import { phaseOf, type Requests, type Timeline } from '../../core/timeline.js';
import { printableQuantile, quantile } from '../../stats/quantile.js';
import { steadyRate } from '../../stats/rate.js';
import { hiccupText } from './hiccups.js';
import { backlogGrowth } from './openloop.js';

/** The second half of web alone: its requests count with those of the first. */
export const ALONE_AGAIN = 'alone again';

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
  let [answered, ms] = [0, 0];
  for (const one of partsOf(timeline, phase)) {
    const { window } = phaseOf(timeline, one.phase);
    const { finished, ok } = one;
    for (let i = 0; i < ok.length; i++) if (ok[i] === 1 && (finished[i] as number) <= window.producedMs) answered++;
    ms += window.producedMs - window.startMs;
  }
  return (answered * 1000) / ms;
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

/** Where the machine held up the load generator itself. */
export function webHiccups(timeline: Timeline, phase: string): string | undefined {
  const answered = webLatencies(timeline, phase);
  if (answered.length === 0) return undefined;
  const names = partsOf(timeline, phase).map((one) => one.phase);
  return hiccupText(timeline, names, 'load', quantile(answered, 0.999));
}

/** Where every trial saturates the server without any jobs: a second look at what it carries. */
export const WEB_WARM_UP = 'warm-up of web';
/** The two agree within 5 % where nothing was in the way of either. */
const LOOKS_APART = 0.25;

/**
 * What a reader must know where the load was made of a capacity that the trial itself does not confirm.
 * @param webPerS as it was measured, once, before the first trial
 * @param share of it that requests came at, in percent
 */
export function doubtfulCapacity(timeline: Timeline, webPerS: number | undefined, share: number): string | undefined {
  const warmUp = timeline.requests.find(({ phase }) => phase === WEB_WARM_UP);
  if (warmUp === undefined || webPerS === undefined) return undefined;
  const { startMs, producedMs } = phaseOf(timeline, WEB_WARM_UP).window;
  // Its code is being compiled in the first half.
  const seen = steadyRate(warmUp.finished, (startMs + producedMs) / 2, producedMs);
  if (typeof seen !== 'number' || !(seen > 0) || Math.abs(Math.log(seen / webPerS)) <= Math.log1p(LOOKS_APART))
    return undefined;
  const [here, before] = [Math.round(seen), Math.round(webPerS)];
  const load = Math.round((share * webPerS) / seen);
  return `the web server answered ${here} requests/s in the warm-up of a trial and ${before} when its capacity was measured: their load was ${load} % of the first, and ${share} % of the second; run it again on a quieter machine`;
}

/** Growth of unanswered requests per second, or undefined when stable. */
export function unstableWeb(timeline: Timeline, phase: string): number | undefined {
  const growths = partsOf(timeline, phase).map(({ due, finished, phase: name }) =>
    backlogGrowth(due, finished, phaseOf(timeline, name).window),
  );
  return growths.find((growth) => growth !== undefined);
}

function requestsOf(timeline: Timeline, phase: string): Omit<Requests, 'phase'> {
  const parts = partsOf(timeline, phase);
  const joined = (of: (part: Requests) => Float64Array) => Float64Array.from(parts.flatMap((part) => [...of(part)])); // some thousands
  return {
    due: joined(({ due }) => due),
    sent: joined(({ sent }) => sent),
    finished: joined(({ finished }) => finished),
    ok: Uint8Array.from(parts.flatMap(({ ok }) => [...ok])),
  };
}

/** Of web alone there are two. */
function partsOf(timeline: Timeline, phase: string): Requests[] {
  const names = phase === 'alone' ? [phase, ALONE_AGAIN] : [phase];
  const parts = timeline.requests.filter((one) => names.includes(one.phase));
  if (parts.length === 0) throw new RangeError(`no web requests in phase "${phase}"`);
  return parts;
}
