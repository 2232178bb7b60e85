import { describe, expect, it } from 'vitest';
import priority from '../../src/scenarios/priority.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const context = { traits: stubTraits, capacity: { jobsPerS: 1000 } };
/** One server that takes 10 ms a job: 1,000 bulk jobs are waiting when urgent ones come, one each 50 ms. */
function timelineFor(order: 'urgent first' | 'first come, first served') {
  const bulk: JobRow[] = every(0.1, 1000).map((due) => ({ phase: 'bulk', due, accepted: due }));
  const urgent: JobRow[] = every(50, 100, 1005).map((due) => ({ phase: 'urgent', due, accepted: due }));
  const waiting = order === 'urgent first' ? [urgent, bulk] : [bulk, urgent];
  const done: JobRow[] = [];
  const next = waiting.map(() => 0);
  for (let now = 1000; done.length < 1100; now += 10) {
    const from = waiting.findIndex((jobs, at) => (jobs[next[at] ?? 0]?.due ?? Number.POSITIVE_INFINITY) <= now);
    const job = waiting[from]?.[next[from] ?? 0];
    if (job === undefined) continue;
    next[from] = (next[from] ?? 0) + 1;
    done.push({ ...job, started: now, finished: now + 10 });
  }
  return timelineOf([phaseWindow('bulk', 0, 100), phaseWindow('urgent', 1000, 5000)], done);
}

describe('strict priority', () => {
  const measured = priority.measure(timelineFor('urgent first'));
  it('lets urgent jobs wait for the one that runs, and all bulk jobs for them', () => {
    expect(measured).toMatchObject({ urgent_wait_p50: 5, urgent_wait_p99: { refused: 'needs 1,000 jobs' } });
    // Every fifth place is an urgent job's until all 100 are done: bulk job 500 is the 625th.
    expect(measured.bulk_wait_p50).toBeCloseTo(6000, -3);
    expect(measured.bulk_wait_p99).toBeCloseTo(10_890, 0);
  });
  it('is a share of 100 %', () => expect(measured.urgent_share).toBe(100));
});

it('first come, first served is a share of 0 %, and a wait of the whole queue', () => {
  const measured = priority.measure(timelineFor('first come, first served'));
  expect(measured.urgent_share).toBe(0);
  expect(measured.urgent_wait_p50).toBeGreaterThan(7000);
  expect(measured.bulk_wait_p50).toBe(4990);
});

it('the share has no number where the two never waited together', () => {
  const jobs = [
    { phase: 'bulk', due: 0, accepted: 0, started: 1000, finished: 1001 },
    { phase: 'urgent', due: 1500, accepted: 1500, started: 1501, finished: 1502 },
  ];
  const timeline = timelineOf([phaseWindow('bulk', 0, 100), phaseWindow('urgent', 1000, 5000)], jobs);
  expect(priority.measure(timeline).urgent_share).toEqual({ refused: 'the two kinds never waited at the same time' });
});

describe('layout', () => {
  it('fills the queue with more bulk jobs than can be done while urgent ones arrive', () => {
    const { phases } = priority.layout([priority.params.parse({ duration: '4s' })], context);
    expect(phases.slice(1)).toMatchObject([
      { name: 'bulk', workers: 'off', jobs: { kind: 'count', jobs: 5000 }, job: { priority: 100 } },
      { name: 'urgent', workers: 'on', jobs: { kind: 'open', ratePerS: 200 }, job: { priority: 1 } },
    ]);
  });
  it('needs priorities', () => expect(priority.requires(priority.params.parse({}))).toEqual({ priorities: true }));
});
