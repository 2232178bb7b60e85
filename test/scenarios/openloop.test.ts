import { describe, expect, it } from 'vitest';
import { judgeRate } from '../../src/scenarios/common/openloop.js';
import { phaseWindow, timelineOf } from '../support/timeline.js';

/** Due evenly over 20 s, the last one at the very end. @param lateMs of each job, by its place */
const sent = (jobs: number, lateMs: (k: number) => number) => {
  const due = (k: number) => ((k + 1) * 20_000) / jobs;
  const rows = Array.from({ length: jobs }, (_, k) => ({ phase: 'open', due: due(k), called: due(k) + lateMs(k) }));
  return judgeRate(timelineOf([phaseWindow('open', 0, 20_000)], rows), 'open');
};

describe('a rate', () => {
  it('is held by a generator that is as late as on any busy machine, also where the last of a few jobs is due at the end', () => {
    expect(sent(10, () => 40)).toEqual([]);
    expect(sent(200, () => 40)).toEqual([]);
  });
  it('is not held by one that falls behind', () => {
    const codes = (jobs: number, lateMs: (k: number) => number) => sent(jobs, lateMs).map(({ code }) => code);
    expect(codes(10, (k) => k * 300)).toEqual(['rate-not-held']);
    expect(codes(2000, (k) => k)).toEqual(['rate-not-held']);
    expect(codes(2000, () => 500)).toEqual(['rate-not-held']);
  });
});
