import { describe, expect, it } from 'vitest';
import type { LayoutContext, Scenario } from '../../src/core/scenario.js';
import type { Usage } from '../../src/core/timeline.js';
import { recordTrial, summarise, type TrialRecord } from '../../src/engine/assemble.js';
import type { TrialOutcome } from '../../src/engine/outcome.js';
import { encodeHistogram } from '../../src/stats/histogram.js';
import { outcomeOf } from '../support/outcome.js';
import { stubAdapter, stubScenario, stubTraits } from '../support/stubs.js';
import { type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const meta = { index: 0, block: 0, startedAt: '2026-01-01T00:00:00.000Z', seed: 1 };
const context: LayoutContext = { traits: stubTraits, capacity: {} };
const phases = [phaseWindow('warm-up', 0, 100), phaseWindow('open', 100, 400)];
const done = (at: number): JobRow => ({ phase: 'open', due: at, accepted: at, started: at, finished: at + 1 });
const sound = timelineOf(phases, [done(110), done(120)]);

function record(scenario: Partial<Scenario>, rest: Partial<TrialOutcome> = {}, adapter = stubAdapter()): TrialRecord {
  const outcome = outcomeOf(rest.timeline ?? sound, rest);
  return recordTrial(stubScenario(scenario), adapter, {}, {}, context, outcome, meta);
}

describe('the values of a trial', () => {
  it('are the numbers that can be stood behind; of the others the reason is kept', () => {
    const measure = () => ({ rate: 12, p99: { refused: 'needs 1,000 jobs' }, p50: Number.NaN, max: 1 / 0 });
    const { trial, refused } = record({ measure });
    expect(trial.values).toEqual({ rate: 12 });
    expect(refused).toEqual({ p99: 'needs 1,000 jobs', p50: 'nothing to measure', max: 'nothing to measure' });
  });

  it("have the adapter's own beside them", () => {
    const adapter = stubAdapter({ measure: () => ({ machine_seconds: 3, cost: Number.NaN }) });
    expect(record({ measure: () => ({ rate: 1 }) }, {}, adapter).trial.values).toEqual({ rate: 1, machine_seconds: 3 });
  });

  it('count settled jobs per 100 ms from the start of the first phase', () => {
    expect(record({}).trial.series.settled).toEqual({ intervalMs: 100, values: [0, 2, 0, 0, 0] });
  });
});

describe('what takes a trial its validity', () => {
  it.each([
    [5.1, 1],
    [-5.1, 1],
    [4.9, 0],
  ])('the wall clock stepped by %f ms', (clockStepMs, reasons) => {
    const { invalid, trial } = record({}, { clockStepMs });
    expect(invalid).toEqual([]);
    if (reasons > 0) expect(trial.setAside).toContain(`stepped by ${clockStepMs} ms`);
    else expect(trial.setAside).toBeUndefined();
  });

  it('a host that took the processor away sets the trial aside, and only that', () => {
    expect(record({}, { stealPercent: 9 }).trial.setAside).toBeUndefined();
    expect(record({}, { stealPercent: 12 }).trial.setAside).toBe(
      'the host took 12 % of the processor during the trial',
    );
  });

  it('a trial that is set aside is in no summary', () => {
    const whole = record({});
    const aside = record({}, { clockStepMs: 50 });
    const scenario = stubScenario();
    expect(Object.values(summarise(scenario, [whole, aside]).summary).map(({ n }) => n)).toEqual(
      Object.values(summarise(scenario, [whole]).summary).map(({ n }) => n),
    );
  });

  it('a job that was lost', () => {
    const timeline = timelineOf(phases, [done(110), { phase: 'open', accepted: 120 }]);
    expect(record({}, { timeline }).invalid).toEqual(['lost 1 of 2 accepted jobs']);
  });

  it('refused enqueues, with what the first of them said', () => {
    const timeline = timelineOf(phases, [done(110), { phase: 'open', called: 120 }]);
    const { invalid } = record({}, { timeline, enqueueErrors: ['queue is full', 'other'] });
    expect(invalid).toEqual(['refused 1 of 2 enqueues', 'first refusal: queue is full']);
  });

  it('what the scenario judges invalid; a warning of it does not', () => {
    const judge = () => [
      { severity: 'invalid' as const, code: 'unstable', message: 'UNSTABLE (backlog +3 jobs/s)' },
      { severity: 'warning' as const, code: 'late', message: 'the generator was late' },
    ];
    const { invalid, trial } = record({ judge });
    expect(invalid).toEqual(['UNSTABLE (backlog +3 jobs/s)']);
    expect(trial.warnings).toEqual([{ code: 'late', message: 'the generator was late' }]);
  });

  it('jobs that were done and called failed, only where it is all of them', () => {
    const denied = (at: number): JobRow => ({ ...done(at), failed: true });
    const some = record({}, { timeline: timelineOf(phases, [denied(110), done(120), done(130)]) });
    expect(some.invalid).toEqual([]);
    const message = 'reported as failed although they completed: 1 of 3 jobs; the backend would keep or repeat them';
    expect(some.trial.warnings).toEqual([{ code: 'contradicted', message }]);
    const all = record({}, { timeline: timelineOf(phases, [denied(110), denied(120)]) });
    expect(all.invalid).toEqual(['reported all jobs that completed as failed (2 of 2)']);
    expect(all.trial.warnings).toEqual([]);
  });

  it('nothing, where all is well', () => expect(record({}).invalid).toEqual([]));
});

it('a span that ends before it begins is kept and warned about, with a count', () => {
  const { trial } = record({ spans: () => ({ wait: Float64Array.of(1, -0.5, -2, Number.NaN) }) });
  expect(trial.warnings).toEqual([{ code: 'negative-span', message: '2 jobs ended "wait" before it began' }]);
  expect(trial.histograms.wait).toBeTypeOf('string');
});

describe('resources', () => {
  const usage = (process: string, phase: string, cpuMs: number, peakRssBytes: number): Usage => ({
    ...{ process, phase, cpuMs, peakRssBytes },
    ...{ eventLoopUtilization: 0.5, loopDelayMs: 1, gcMs: 2, wallMs: 100 },
  });
  const timeline = timelineOf(phases, [done(110), done(120)], {
    storeBytes: 77,
    usage: [
      usage('worker', 'warm-up', 1000, 9999),
      usage('worker', 'open', 4, 100),
      usage('producer', 'open', 6, 300),
      usage('load', 'open', 50, 5000),
    ],
  });

  it('are those of the measured phases, without the load generator', () => {
    expect(record({}, { timeline }).trial.resources).toEqual({
      cpuMsPer1kJobs: 5000,
      peakRssBytes: 300,
      storeBytes: 77,
      eventLoopUtilization: 0.5,
      loopDelayMs: 1,
      gcMs: 4,
    });
  });

  it('are those of the phases that the scenario names', () => {
    const { resources } = record({ measured: () => ['warm-up'] }, { timeline }).trial;
    expect(resources).toMatchObject({ peakRssBytes: 9999 });
    expect(resources.cpuMsPer1kJobs).toBeUndefined(); // no job belongs to the warm-up
  });
});

describe('the summary of a cell', () => {
  const scenario = stubScenario({ quantiles: { p50: ['wait', 0.5], p99: ['wait', 0.99] }, samples: 'jobs' });
  const ms = (n: number, from = 1) => Float64Array.from({ length: n }, (_, i) => from + i / n);
  const trial = (rest: Partial<TrialRecord>, values: Record<string, number> = {}, wait = ms(600)): TrialRecord => {
    const base = record({});
    const histograms = { wait: encodeHistogram(wait).text };
    return { ...base, ...rest, trial: { ...base.trial, values, histograms } };
  };

  it('has the median and the range of trials', () => {
    const trials = [3, 1, 2].map((rate) => trial({}, { rate }));
    expect(summarise(scenario, trials).summary.rate).toEqual({ median: 2, low: 1, high: 3, n: 3 });
  });

  it('has no part of trials that do not stand', () => {
    const trials = [trial({}, { rate: 1 }), trial({ invalid: ['lost 1'] }, { rate: 100 })];
    expect(summarise(scenario, trials).summary.rate).toMatchObject({ median: 1, high: 1, n: 1 });
  });

  it('refuses a metric that some standing trial refused, and says why', () => {
    const trials = [trial({}, { tail: 1 }), trial({ refused: { tail: 'needs web p99' } })];
    const { summary, refused } = summarise(scenario, trials);
    expect([summary.tail, refused?.tail]).toEqual([undefined, 'needs web p99']);
  });

  it('says so when no trial stands', () => {
    const { summary, merged, refused } = summarise(scenario, [trial({ invalid: ['lost 1'] }, { rate: 1 })]);
    expect([summary, merged, refused]).toEqual([{}, {}, { rate: 'no trial stands' }]);
  });

  it('merges what single trials are too short for: 600 jobs refuse p99, twice as many print it', () => {
    const short = { refused: { p99: 'needs 1,000 jobs' } };
    const one = summarise(scenario, [trial(short)]);
    expect([one.merged?.p99, one.refused?.p99]).toEqual([undefined, 'needs 1,000 jobs']);
    const two = summarise(scenario, [trial(short), trial(short, {}, ms(600, 3))]);
    expect(two.merged?.p99).toMatchObject({ samples: 1200, tail: 12 });
    expect(two.merged?.p99?.value).toBeCloseTo(3.98, 1);
    expect(two.refused?.p99).toBeUndefined();
  });

  it('merges percentiles from the jobs of all trials, and never averages them', () => {
    const trials = [trial({}, { p50: 1.5 }, ms(1000, 1)), trial({}, { p50: 9.5 }, ms(3000, 9))];
    expect(summarise(scenario, trials).merged?.p50?.value).toBeCloseTo(9.33, 1);
  });

  it('puts no percentile outside those of its trials, which have more digits than a histogram', () => {
    const trials = [63_583, 63_591].map((p50) => trial({}, { p50 }, new Float64Array(1000).fill(p50)));
    const value = summarise(scenario, trials).merged?.p50?.value;
    expect(value).toBeGreaterThanOrEqual(63_583);
    expect(value).toBeLessThanOrEqual(63_591);
  });

  it('does not bring back by merging what was refused as unstable', () => {
    const unstable = trial({ refused: { p50: 'UNSTABLE (backlog +3 jobs/s)' } });
    const { merged, refused } = summarise(scenario, [trial({}, { p50: 1 }), unstable]);
    expect([merged?.p50, refused?.p50]).toEqual([undefined, 'UNSTABLE (backlog +3 jobs/s)']);
  });
});
