import { describe, expect, it } from 'vitest';
import { phasesOf, seriesOf } from '../../src/engine/series.js';
import { phaseWindow, requestsOf, timelineOf } from '../support/timeline.js';

const phases = [phaseWindow('warm-up', 50, 100), phaseWindow('open', 150, 300)];

describe('series of a trial', () => {
  it('count what was done and what waits, from the start of the first phase', () => {
    const jobs = [
      { phase: 'warm-up', due: 60, accepted: 61, finished: 70 },
      { phase: 'open', due: 200, accepted: 201, finished: 330 },
      { phase: 'open', due: 210, accepted: 211, finished: 440 },
      { phase: 'open', due: 220, accepted: 221 },
    ];
    const { settled, backlog, lag, answered } = seriesOf(timelineOf(phases, jobs));
    expect(settled).toEqual({ intervalMs: 100, values: [1, 0, 1, 1] });
    expect(backlog?.values).toEqual([0, 3, 2, 1]);
    expect([lag, answered]).toEqual([undefined, undefined]);
  });

  it('keep the worst lateness of each interval, and the requests that were answered', () => {
    const jobs = [
      { phase: 'open', due: 160, called: 161.5 },
      { phase: 'open', due: 165, called: 190 },
      { phase: 'open', due: 300, called: 300.25 },
      { phase: 'open', due: 310, called: 300 },
    ];
    const requests = [requestsOf('open', [160, 170, 400], (k) => (k === 2 ? Number.NaN : 10))];
    const { lag, answered } = seriesOf(timelineOf(phases, jobs, { requests }));
    expect(lag?.values).toEqual([0, 25, 0.25, 0]);
    expect(answered?.values).toEqual([0, 2, 0, 0]);
  });

  it('keep what was read now and then: the latest memory, and the worst delay of the event loop', () => {
    const memory = [
      { atMs: 20, value: 7 },
      { atMs: 60, value: 100 },
      { atMs: 140, value: 200 },
      { atMs: 400, value: 150 },
    ];
    const loop = [
      { atMs: 210, value: 9 },
      { atMs: 240, value: 2 },
    ];
    const used = { cpuMs: 1, peakRssBytes: 1, eventLoopUtilization: 0, loopDelayMs: 0, gcMs: 0, wallMs: 300 };
    const usage = [{ process: 'web', phase: 'open', ...used, loop }];
    const seen = seriesOf(timelineOf(phases, [], { memory, usage }));
    expect(seen.memory?.values).toEqual([200, 200, 200, 150]);
    expect(seen.loopDelay?.values).toEqual([9, 9, 9, 9]);
    expect(seriesOf(timelineOf(phases, []))).not.toHaveProperty('memory');
  });

  it('have longer intervals in a trial of days', () => {
    const { settled } = seriesOf(
      timelineOf([phaseWindow('open', 0, 40 * 86_400_000)], [{ phase: 'open', due: 0, finished: 7_200_001 }]),
    );
    expect(settled?.intervalMs).toBe(3_600_000);
    expect(settled?.values.slice(0, 4)).toEqual([0, 0, 1, 0]);
  });

  it('are on the same clock as the phases', () => {
    expect(phasesOf(timelineOf(phases, []))).toEqual([
      { name: 'warm-up', startMs: 0, endMs: 100 },
      { name: 'open', startMs: 100, endMs: 400 },
    ]);
  });
});
