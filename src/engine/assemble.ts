import type { Adapter, Options } from '../core/adapter.js';
import { CLOCK_PAIR_MS } from '../core/clock.js';
import { type Measured, type Refused, speaksOfTrial } from '../core/metric.js';
import { type Cell, LARGEST_NUMBER, type Merged, type Summary, type Trial, type Warning } from '../core/result.js';
import type { Finding, LayoutContext, Params, Scenario } from '../core/scenario.js';
import type { Timeline, Usage } from '../core/timeline.js';
import { encodeHistogram, mergeHistograms } from '../stats/histogram.js';
import { medianInterval } from '../stats/interval.js';
import { amount, contradictionOf, isDenied, violations } from './ledger.js';
import type { TrialOutcome } from './outcome.js';
import { phasesOf, seriesOf } from './series.js';

const CLOCK_STEP_MS = 5;
/** Of the whole machine's time: a trial on nine tenths of a machine is still one of this machine. */
const MOST_STOLEN_PERCENT = 10;

/** A trial as the result file keeps it, and what a reader must know about it. */
export interface TrialRecord {
  readonly trial: Trial;
  readonly refused: Readonly<Record<string, string>>;
  /** Reasons for which the trial does not stand. */
  readonly invalid: readonly string[];
}

export interface TrialMeta {
  readonly index: number;
  readonly block: number;
  readonly startedAt: string;
  readonly seed: number;
}

/** Turns what one trial recorded into the numbers of one of its cells. */
export function recordTrial(
  scenario: Scenario,
  adapter: Adapter,
  options: Options,
  params: Params,
  context: LayoutContext,
  outcome: TrialOutcome,
  meta: TrialMeta,
): TrialRecord {
  const { timeline, ledger } = outcome;
  const findings: Finding[] = [...(scenario.judge?.(timeline, params, context) ?? [])];
  if (Math.abs(outcome.clockStepMs) > CLOCK_STEP_MS) {
    const message = `the wall clock was stepped by ${outcome.clockStepMs.toFixed(1)} ms during the trial`;
    findings.push({ severity: 'environment', code: 'clock-step', message });
  }
  if (outcome.stealPercent > MOST_STOLEN_PERCENT) {
    const message = `the host took ${Math.round(outcome.stealPercent)} % of the processor during the trial`;
    findings.push({ severity: 'environment', code: 'stolen', message });
  }
  const broken = violations(ledger, context.traits);
  if (ledger.failed > 0) {
    const message = `${ledger.failed.toLocaleString('en-US')} of ${ledger.planned.toLocaleString('en-US')} jobs failed`;
    if (ledger.completed === 0) broken.push(`${message}: none completed`);
    else findings.push({ severity: 'warning', code: 'jobs-failed', message: `${message}; rates count them as done` });
  }
  if (ledger.contradicted !== undefined && !isDenied(ledger)) {
    const message = `reported as failed although they completed: ${contradictionOf(ledger)} jobs; the backend would keep or repeat them`;
    findings.push({ severity: 'warning', code: 'contradicted', message });
  }
  if (ledger.rejected > 0 && outcome.enqueueErrors.length > 0)
    broken.push(`first refusal: ${outcome.enqueueErrors[0]}`);
  const measured: Measured = scenario.measure(timeline, params, context);
  const refused: Record<string, string> = {};
  const values: Record<string, number> = {};
  for (const [metric, value] of Object.entries(measured)) {
    if (typeof value !== 'number') refused[metric] = value.refused;
    else if (isKept(value)) values[metric] = value;
    else refused[metric] = 'nothing to measure';
  }
  for (const [metric, value] of Object.entries(adapter.measure?.(timeline, options) ?? {})) {
    if (isKept(value)) values[metric] = value;
  }
  const setAside = findings.filter((one) => one.severity === 'environment').map((one) => one.message);
  const { histograms, warnings } = histogramsOf({
    ...scenario.spans?.(timeline, params, context),
    ...observedSpans(timeline),
  });
  warnings.push(
    ...findings.filter((one) => one.severity === 'warning').map(({ code, message }) => ({ code, message })),
  );
  return {
    trial: {
      ...meta,
      values,
      ledger,
      histograms,
      ...observedTotals(timeline),
      series: seriesOf(timeline),
      phases: phasesOf(timeline),
      resources: resourcesOf(timeline, scenario.measured?.(params)),
      warnings,
      ...(setAside.length > 0 && { setAside: setAside.join('; ') }),
    },
    refused,
    invalid: [...broken, ...findings.filter((one) => one.severity === 'invalid').map((one) => one.message)],
  };
}

/** What is no number, or larger than any reader of files believes, is none. */
function isKept(value: number): boolean {
  return Math.abs(value) <= LARGEST_NUMBER;
}

function histogramsOf(spans: Readonly<Record<string, Float64Array>>) {
  const histograms: Record<string, string> = {};
  const warnings: Warning[] = [];
  for (const [name, values] of Object.entries(spans)) {
    const encoded = encodeHistogram(values);
    histograms[name] = encoded.text;
    const negatives = values.filter((ms) => ms < -CLOCK_PAIR_MS).length;
    if (negatives > 0) {
      warnings.push({ code: 'negative-span', message: `${amount(negatives, 'job')} ended "${name}" before it began` });
    }
  }
  return { histograms, warnings };
}

/** What sessions saw of their own jobs, such as the boot that a job waited for: `phase_boot`. */
function observedSpans(timeline: Timeline): Record<string, Float64Array> {
  const spans: Record<string, number[]> = {};
  for (const observation of timeline.observations) {
    for (const [name, pairs] of Object.entries(observation.spans)) {
      const key = `phase_${name}`;
      spans[key] ??= [];
      const values = spans[key];
      for (const [, ms] of pairs) values.push(ms);
    }
  }
  const columns = timeline.observations.flatMap(({ columns = {} }) => Object.entries(columns));
  return Object.fromEntries([
    ...Object.entries(spans).map(([name, values]) => [name, Float64Array.from(values)] as const),
    ...columns.map(([name, column]) => [`phase_${name}`, column.filter((ms) => !Number.isNaN(ms))] as const),
  ]);
}

function observedTotals(timeline: Timeline): Pick<Trial, 'observed'> {
  const totals: Record<string, number> = {};
  for (const observation of timeline.observations) {
    for (const [name, value] of Object.entries(observation.totals)) totals[name] = (totals[name] ?? 0) + value;
  }
  return Object.keys(totals).length === 0 ? {} : { observed: totals };
}

function resourcesOf(timeline: Timeline, phases: readonly string[] | undefined): Trial['resources'] {
  const counts = (phase: string) => (phases ? phases.includes(phase) : phase !== 'warm-up');
  // The load generator is ours, not the backend's.
  const usage = timeline.usage.filter((one) => one.process !== 'load' && counts(one.phase));
  if (usage.length === 0) return { storeBytes: timeline.storeBytes };
  const measured = new Set(usage.map((one) => one.phase));
  let settled = 0;
  for (let i = 0; i < timeline.size; i++) {
    const phase = timeline.phases[timeline.phase[i] as number];
    if (phase && measured.has(phase.name) && !Number.isNaN(timeline.settled[i] as number)) settled++;
  }
  const sum = (of: (one: Usage) => number) => usage.reduce((total, one) => total + of(one), 0);
  return {
    ...(settled > 0 && { cpuMsPer1kJobs: (sum((one) => one.cpuMs) * 1000) / settled }),
    peakRssBytes: Math.max(...usage.map((one) => one.peakRssBytes)),
    storeBytes: timeline.storeBytes,
    eventLoopUtilization: Math.max(...usage.map((one) => one.eventLoopUtilization)),
    loopDelayMs: Math.max(...usage.map((one) => one.loopDelayMs)),
    gcMs: sum((one) => one.gcMs),
  };
}

/** Whether a trial counts: nothing of it is invalid, and nothing around it. */
function stands({ invalid, trial }: TrialRecord): boolean {
  return invalid.length === 0 && trial.setAside === undefined;
}

/** Medians with intervals, merged percentiles, and the reasons for what is not printed. */
export function summarise(
  scenario: Scenario,
  records: readonly TrialRecord[],
): Pick<Cell, 'summary' | 'merged' | 'refused'> {
  const summary: Record<string, Summary> = {};
  const merged: Record<string, Merged> = {};
  const refused: Record<string, string> = {};
  const standing = records.filter(stands);
  const names = new Set(
    records.flatMap((record) => [...Object.keys(record.trial.values), ...Object.keys(record.refused)]),
  );
  for (const metric of names) {
    const values = standing.map((record) => record.trial.values[metric]).filter((value) => value !== undefined);
    const inAll = values.length > 0 && values.length === standing.length;
    if (inAll) summary[metric] = medianInterval(values);
    const whole = mergedQuantile(scenario, metric, standing);
    if (whole !== undefined && 'value' in whole) {
      merged[metric] = inAll ? { ...whole, value: within(whole.value, values) } : whole;
    }
    if (summary[metric] === undefined && merged[metric] === undefined) {
      refused[metric] = reasonFor(metric, whole, records);
    }
  }
  return { summary, merged, refused };
}

/**
 * A quantile of all trials together lies between those of the trials. A histogram knows it within 0.1 %, which may put it outside
 * where trials agree to more digits than that.
 */
function within(value: number, ofTrials: readonly number[]): number {
  return Math.min(Math.max(value, Math.min(...ofTrials)), Math.max(...ofTrials));
}

function reasonFor(metric: string, whole: Refused | Merged | undefined, records: readonly TrialRecord[]): string {
  if (typeof whole?.refused === 'string') return whole.refused;
  const own = records.map((record) => record.refused[metric]).filter((reason) => reason !== undefined);
  // One that went wrong says more than one that was too small, and a comparison may not overlook it.
  return own.find(speaksOfTrial) ?? own[0] ?? 'no trial stands';
}

function mergedQuantile(scenario: Scenario, metric: string, records: readonly TrialRecord[]) {
  const source = scenario.quantiles?.[metric];
  if (source === undefined) return undefined;
  const [span, q] = source;
  const texts = records.map((record) => record.trial.histograms[span]).filter((text) => text !== undefined);
  // A trial whose own value was refused for another reason than its size must not come back by merging.
  if (texts.length === 0 || records.some((record) => speaksOfTrial(record.refused[metric] ?? ''))) return undefined;
  return mergeHistograms(texts).printable(q, scenario.samples ?? 'jobs');
}
