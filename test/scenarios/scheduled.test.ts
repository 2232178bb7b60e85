import { describe, expect, it } from 'vitest';
import scheduled from '../../src/scenarios/scheduled.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = scheduled.params.parse({});
const context = { traits: stubTraits, capacity: { jobsPerS: 1000 } };
const timelineFor = (jobs: readonly JobRow[]) => timelineOf([phaseWindow('scheduled', 0, 2000)], jobs);
const late = (due: number, ms: number): JobRow => ({
  phase: 'scheduled',
  due,
  called: due - 1000,
  accepted: due - 999,
  started: due + ms,
  finished: due + ms,
});

describe('lateness', () => {
  it('counts from the due time', () => {
    const jobs = every(1, 1000, 1000).map((due, i) => late(due, 1 + (i % 100) / 100));
    expect(scheduled.measure(timelineFor(jobs))).toMatchObject({
      late_p50: expect.closeTo(1.49, 6),
      late_max: expect.closeTo(1.99, 6),
      early: 0,
    });
  });

  it('counts early jobs, and keeps them in the percentiles', () => {
    const jobs = every(1, 1000, 1000).map((due, i) => late(due, i < 900 ? -0.5 : 1));
    expect(scheduled.measure(timelineFor(jobs))).toMatchObject({ late_p50: -0.5, early: 900 });
  });

  it('is refused where too few jobs were scheduled', () => {
    const { late_p50, late_p99 } = scheduled.measure(timelineFor(every(1, 19).map((due) => late(due, 1))));
    expect([late_p50, late_p99]).toEqual([{ refused: 'needs 20 jobs' }, { refused: 'needs 1,000 jobs' }]);
  });
});

it('a trial without a job is invalid', () => {
  expect(scheduled.judge(timelineFor([]), params, context)).toMatchObject([{ severity: 'invalid', code: 'no-jobs' }]);
  expect(scheduled.judge(timelineFor([late(1000, 1)]), params, context)).toEqual([]);
});

it('asks for adapters that schedule, and enqueues ahead', () => {
  expect(scheduled.requires(params)).toEqual({ schedules: true });
  const { phases } = scheduled.layout([scheduled.params.parse({ ahead: '70ms', rate: '40' })], context);
  expect(phases.at(-1)?.jobs).toMatchObject({ kind: 'open', aheadMs: 70, ratePerS: 40 });
});
