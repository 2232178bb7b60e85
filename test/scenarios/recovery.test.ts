import { describe, expect, it } from 'vitest';
import type { Strike } from '../../src/core/timeline.js';
import recovery from '../../src/scenarios/recovery.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = recovery.params.parse({});
const context = { traits: { ...stubTraits, recoveryMs: 1000 }, capacity: { jobsPerS: 1000 } };
const kill = (atMs: number, kind: Strike['kind'] = 'kill'): Strike => ({
  kind,
  process: 'worker-0',
  phase: 'open',
  atMs,
  backMs: atMs + 300,
});
/** 100 jobs a second for 6 s, each done 5 ms after it was due but for those that `but` says. */
function timelineFor(
  but: Readonly<Record<number, JobRow>>,
  strikes: readonly Strike[],
  held: [number, number, number][],
) {
  const jobs = every(10, 600).map((due, i) => ({ phase: 'open', due, accepted: due, finished: due + 5, ...but[i] }));
  return timelineOf([phaseWindow('open', 0, 6000)], jobs, {
    strikes,
    held: held.map(([strike, index, againMs]) => ({ strike, index, againMs })),
  });
}
const lostJob: JobRow = { finished: Number.NaN, completions: 0 };

describe('time to recovery', () => {
  const strikes = [kill(1000), kill(3000), kill(5000)];
  it('is from each kill until the last job that was in hand is started again', () => {
    const timeline = timelineFor({}, strikes, [
      [0, 99, 1200],
      [0, 98, 1900],
      [1, 299, 3100],
      [2, 499, 5500],
    ]);
    expect(recovery.measure(timeline)).toMatchObject({ recovery_p50: 500, recovery_max: 900, lost_per_kill: 0 });
    expect(recovery.judge(timeline, params, context)).toEqual([]);
  });
  it('leaves out jobs that were done although nobody had been told, and kills with nothing in hand', () => {
    const timeline = timelineFor({}, strikes, [
      [0, 99, Number.NaN],
      [1, 299, 3100],
    ]);
    expect(recovery.measure(timeline)).toMatchObject({ recovery_p50: 100, recovery_max: 100 });
  });
  it('beyond the promise makes the trial invalid', () => {
    const timeline = timelineFor({}, strikes, [[0, 99, 2001]]);
    expect(recovery.judge(timeline, params, context)).toMatchObject([{ severity: 'invalid', code: 'late-recovery' }]);
  });
  it('has no number where nothing was in hand, or what was is lost', () => {
    expect(recovery.measure(timelineFor({}, strikes, [])).recovery_p50).toEqual({
      refused: 'no worker had a job in its hands when it was killed',
    });
    const lost = timelineFor({ 99: lostJob }, strikes, [[0, 99, Number.NaN]]);
    expect(recovery.measure(lost).recovery_max).toEqual({ refused: 'what was lost is never started again' });
  });
});

it('counts what was lost for each kill, and what had its effect twice', () => {
  const but = {
    98: lostJob,
    99: lostJob,
    100: { finished: Number.NaN, completions: 0, failed: true },
    300: { completions: 2 },
  };
  const measured = recovery.measure(timelineFor(but, [kill(1000), kill(3000), kill(4000, 'freeze')], []));
  expect(measured).toMatchObject({ lost_per_kill: 1, repeated: 1 });
});

it('the dip is what was not settled of what arrived in the second after a kill', () => {
  const stalled = Object.fromEntries(every(1, 50, 100).map((i) => [i, { finished: 3000 }]));
  expect(recovery.measure(timelineFor(stalled, [kill(1000)], [])).dip).toBeCloseTo(50, 0);
  expect(recovery.measure(timelineFor({}, [kill(1000)], [])).dip).toBeCloseTo(0, 0);
});

describe('layout', () => {
  const faultsFor = (given: object) => {
    const { phases } = recovery.layout([recovery.params.parse(given)], context);
    return { faults: phases[1]?.faults ?? [], jobs: phases[1]?.jobs };
  };
  it('kills workers in turn, each in the middle half of its stretch', () => {
    const { faults, jobs } = faultsFor({ duration: '6s', kills: 3 });
    expect(jobs).toMatchObject({ kind: 'open', durationMs: 6000, ratePerS: 200 });
    expect(faults.map(({ ordinal, atMs, withinMs }) => [ordinal, atMs, withinMs])).toEqual([
      [0, 500, 1000],
      [1, 2500, 1000],
      [0, 4500, 1000],
    ]);
  });
  it('takes longer where so many kills would overlap', () => {
    const { jobs } = faultsFor({ duration: '1s', kills: 4, down: '300ms' });
    expect(jobs).toMatchObject({ durationMs: 4 * 1100 });
  });
});

it('measures no capacity for a rate that the user gave', () => {
  const calibrated = (rate: string) => recovery.calibrate([recovery.params.parse({ rate })]);
  expect(['auto', '50%', '200'].map(calibrated)).toEqual([['jobsPerS'], ['jobsPerS'], []]);
});

it('leaves out who cannot be killed alone, and who recovers too late to wait for', () => {
  expect(recovery.requires(params, stubTraits)).toEqual({ topology: 'shared' });
  expect(recovery.requires(params, { ...stubTraits, recoveryMs: 91_000 })).toMatchObject({ recoveryMs: 10_000 });
});

it('says who goes on when, and what at-most-once means', () => {
  const cell = (adapter: string, values: Record<string, number>) => ({
    adapter,
    params,
    traits: stubTraits,
    status: 'ok',
    values,
  });
  expect(recovery.lesson([cell('a', { recovery_max: 900, lost_per_kill: 0 }), cell('b', { lost_per_kill: 4.2 })])).toBe(
    "After a worker's death its jobs go on within 900 ms on a. At most once means that b loses 4.2 jobs a kill.",
  );
});
