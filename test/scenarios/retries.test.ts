import { describe, expect, it } from 'vitest';
import retries from '../../src/scenarios/retries.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = retries.params.parse({ backoff: '100ms' });
const chooses = { traits: { ...stubTraits, retries: true, backoff: true as const }, capacity: { jobsPerS: 1000 } };
const own = { ...chooses, traits: { ...stubTraits, retries: true } };

const phases = [
  phaseWindow('plain', 0, 900, 100),
  phaseWindow('plain-drain', 1050, 0),
  phaseWindow('failing', 4000, 900, 100),
  phaseWindow('failing-drain', 5050, 0),
  phaseWindow('open', 10_000, 1000),
];
/** 100 jobs settled in 500 ms, 100 that fail in 2 s, and 50 in the open loop whose retries come `gapMs` later. */
function timelineFor(gapMs: (i: number) => number) {
  const full = (phase: string, fromMs: number, eachMs: number): JobRow[] =>
    every(eachMs, 100, fromMs + eachMs).map((settled) => ({ phase, due: 0, accepted: 0, finished: settled, settled }));
  const open: JobRow[] = every(20, 50, 10_000).map((due, i) => ({
    phase: 'open',
    due,
    accepted: due,
    finished: due + 1 + gapMs(i),
  }));
  const jobs = [...full('plain', 1000, 5), ...full('failing', 5000, 20), ...open];
  const found = jobs.map((_, index) => ({ index, failed: 1, gapMs: index < 200 ? 9999 : gapMs(index - 200) }));
  return timelineOf(phases, jobs, { retries: found.slice(100) });
}

it('the cost of failing is the ratio of the rates, each from the end of filling to the last job settled', () => {
  const measured = retries.measure(
    timelineFor(() => 103),
    params,
    chooses,
  );
  expect(measured).toMatchObject({ plain_rate: 200, failing_rate: 50, failure_cost: 4 });
});

describe('lateness', () => {
  it('is the gap less the backoff that the job chose', () => {
    expect(
      retries.measure(
        timelineFor(() => 103),
        params,
        chooses,
      ).retry_late_p50,
    ).toBe(3);
    expect(
      retries.spans(
        timelineFor(() => 103),
        params,
        chooses,
      ).retry_late,
    ).toHaveLength(50);
  });
  it('holds the whole gap where the adapter alone decides', () => {
    expect(
      retries.measure(
        timelineFor(() => 103),
        params,
        own,
      ).retry_late_p50,
    ).toBe(103);
  });
  it('needs 1,000 retries for p99', () => {
    expect(
      retries.measure(
        timelineFor(() => 103),
        params,
        chooses,
      ).retry_late_p99,
    ).toEqual({
      refused: 'needs 1,000 retries',
    });
  });
  it('below 0 is a broken promise, but for a millisecond that clocks leave out', () => {
    expect(
      retries.judge(
        timelineFor(() => 99.5),
        params,
        chooses,
      ),
    ).toEqual([]);
    const early = retries.judge(
      timelineFor((i) => (i === 7 ? 90 : 101)),
      params,
      chooses,
    );
    expect(early).toMatchObject([
      { severity: 'invalid', code: 'early-retry', message: expect.stringMatching(/^1 attempt/) },
    ]);
  });
  it('that grows is a backlog', () => {
    const growing = timelineFor((i) => 100 + 20 * i);
    expect(retries.judge(growing, params, chooses)).toMatchObject([{ code: 'unstable' }]);
    expect(retries.measure(growing, params, chooses).retry_late_p50).toHaveProperty('refused');
  });
});

describe('layout', () => {
  it('has the same attempts for those that never fail, and a backoff only in the open loop', () => {
    const { attempts, phases: laid } = retries.layout([retries.params.parse({ failures: 2 })], chooses);
    expect(attempts).toBe(3);
    expect(laid.map(({ name, job }) => [name, job])).toEqual([
      ['warm-up', undefined],
      ['plain', { work: { kind: 'noop' }, backoff: { type: 'fixed', ms: 0 } }],
      ['plain-drain', undefined],
      ['failing', { work: { kind: 'fail', times: 2 }, backoff: { type: 'fixed', ms: 0 } }],
      ['failing-drain', undefined],
      ['open', { work: { kind: 'fail', times: 2 }, backoff: { type: 'fixed', ms: 100 } }],
    ]);
  });
  it('asks for no backoff where a job cannot choose', () => {
    const { phases: laid } = retries.layout([params], own);
    expect(laid.at(-1)?.job).toEqual({ work: { kind: 'fail', times: 1 } });
  });
});

it('says of each adapter what failing costs, apart for each number of failures', () => {
  const cell = (adapter: string, failures: number, failure_cost: number) => ({
    adapter,
    params: { failures },
    traits: stubTraits,
    status: 'ok',
    values: { failure_cost },
  });
  expect(retries.lesson([cell('memory', 1, 13), cell('sqlite', 1, 2.1)])).toBe(
    'Compared with a job that does not fail, one that fails once costs 2.1x on sqlite, 13x on memory.',
  );
  expect(retries.lesson([cell('sqlite', 3, 4), cell('sqlite', 1, 2)])).toBe(
    'Compared with a job that does not fail, one that fails once costs 2x on sqlite; one that fails 3 times costs 4x on sqlite.',
  );
  expect(retries.lesson([])).toBeUndefined();
});
