import type { Finding, LayoutContext } from '../../core/scenario.js';
import { type PhaseWindow, phaseOf, type Timeline } from '../../core/timeline.js';
import { present, printableQuantile, quantile } from '../../stats/quantile.js';
import { theilSen } from '../../stats/slope.js';
import { hiccupText } from './hiccups.js';
import { picked, span } from './spans.js';

/** Share of the arrivals by which the number of jobs in flight may grow before the trial counts as unstable. */
const GROWTH = 0.05;
const SAMPLES = 60;
/** Share of the planned jobs that must have been sent in time. */
const HELD = 0.99;

/** Growth of the backlog in jobs per second over an open phase, or undefined when it is stable. */
export function unstable(timeline: Timeline, phase: string): number | undefined {
  const { window, indices } = phaseOf(timeline, phase);
  return backlogGrowth(picked(timeline.due, indices), picked(timeline.finished, indices), window);
}

/** @param finishedMs NaN = never; in the order of `dueMs` or any other */
export function backlogGrowth(dueMs: Float64Array, finishedMs: Float64Array, window: PhaseWindow): number | undefined {
  if (dueMs.length < 20) return undefined;
  const due = dueMs.toSorted();
  const finished = finishedMs.filter((at) => !Number.isNaN(at)).sort();
  const lengthMs = window.producedMs - window.startMs;
  const at = Float64Array.from({ length: SAMPLES }, (_, k) => window.startMs + ((k + 1) * lengthMs) / SAMPLES);
  const inFlight = at.map((t) => below(due, t) - below(finished, t));
  const perMs = theilSen(at, inFlight);
  return perMs * lengthMs > GROWTH * due.length ? perMs * 1000 : undefined;
}

/** Each quantile of a span needs its values in order: sorted once for all of them. */
const sorted = new WeakMap<Float64Array, Float64Array>();

/** A latency quantile, or why it is refused. */
export function latency(values: Float64Array, q: number, growth: number | undefined) {
  if (growth !== undefined) return { refused: unstableText(growth) };
  const happened = sorted.get(values) ?? present(values);
  sorted.set(values, happened);
  return printableQuantile(happened, q);
}

export function unstableText(growth: number): string {
  return `UNSTABLE (backlog +${Math.round(growth).toLocaleString('en-US')} jobs/s)`;
}

/** Jobs per second that were called, over the length of the phase. */
export function achievedRate(timeline: Timeline, phase: string): number {
  const { window, indices } = phaseOf(timeline, phase);
  const end = window.producedMs;
  let called = 0;
  for (const i of indices) if ((timeline.called[i] as number) <= end) called++;
  return (called * 1000) / (end - window.startMs);
}

/**
 * Whether the generator did what the plan said. Where enqueuer and jobs share a process, lateness is the backend's own
 * doing, and is part of every latency because latency counts from due.
 */
export function judgeOpen(timeline: Timeline, phase: string, context: LayoutContext): Finding[] {
  const { indices } = phaseOf(timeline, phase);
  const growth = unstable(timeline, phase);
  const findings = growth === undefined ? judgeRate(timeline, phase) : [unstableFinding(growth)];
  if (indices.length === 0) return findings;
  const lag = quantile(span(timeline, phase, 'due', 'called'), 0.99);
  const totals = span(timeline, phase, 'due', 'finished').filter((value) => !Number.isNaN(value));
  const allowed = Math.max(1, totals.length > 0 ? 0.1 * quantile(totals, 0.5) : 0);
  if (lag > allowed && context.traits.topology === 'shared') {
    const message = `the load generator was late (p99 ${lag.toFixed(1)} ms); latencies count from the intended time and include it`;
    findings.push({ severity: 'warning', code: 'generator-lag', message });
  }
  const tailMs = totals.length > 0 ? quantile(totals, 0.999) : 0;
  // Where enqueuer and jobs share an event loop, a job that computes looks the same.
  const hiccups = context.traits.topology === 'shared' && hiccupText(timeline, [phase], 'producer', tailMs);
  if (hiccups) findings.push({ severity: 'warning', code: 'hiccups', message: hiccups });
  return findings;
}

export function unstableFinding(growth: number): Finding {
  return { severity: 'invalid', code: 'unstable', message: unstableText(growth) };
}

/**
 * Whether as many jobs were sent as the plan said. One that was due at the very end of the phase is sent after it, however
 * punctual the generator: where jobs are few it would be more than a hundredth of them. Only who is later than one job comes
 * after another has fallen behind the rate.
 */
export function judgeRate(timeline: Timeline, phase: string): Finding[] {
  const { window, indices } = phaseOf(timeline, phase);
  if (indices.length === 0) return [];
  const gapMs = (window.producedMs - window.startMs) / indices.length;
  const onTime = indices.filter((i) => {
    const called = timeline.called[i] as number;
    return called <= window.producedMs || called - (timeline.due[i] as number) < gapMs;
  }).length;
  const share = onTime / indices.length;
  if (share >= HELD) return [];
  const message = `the rate was not held: ${(share * 100).toFixed(1)} % of the planned jobs were sent in time`;
  return [{ severity: 'invalid', code: 'rate-not-held', message }];
}

function below(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
