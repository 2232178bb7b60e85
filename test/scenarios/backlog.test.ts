import { describe, expect, it } from 'vitest';
import backlog from '../../src/scenarios/backlog.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = backlog.params.parse({ depth: '500', duration: '1s' });
const context = { traits: stubTraits, capacity: { jobsPerS: 4000 } };
const phases = [
  phaseWindow('fill', 0, 100),
  phaseWindow('enqueue', 1000, 1000),
  phaseWindow('held', 3000, 1000),
  phaseWindow('drain', 4100, 1000),
];
const job = (phase: string, called: number, settled: number): JobRow => ({
  phase,
  due: called,
  called,
  accepted: called + 2,
  settled,
});

describe('what is measured', () => {
  // The jobs that settle while the depth is held were enqueued before: first in, first out.
  const jobs = [
    ...every(2, 500).map((at) => job('fill', at / 10, 3000 + at)),
    ...every(1, 1000).map((at) => job('enqueue', 1000 + at, 4000 + at)),
    ...every(2, 500).map((at) => job('held', 3000 + at, 5000 + at)),
  ];
  const measured = backlog.measure(timelineOf(phases, jobs), params);

  it('is the rate at which workers took from the full queue, whenever those jobs were enqueued', () =>
    expect(measured.held_rate).toBe(500));
  it('is what the callers saw beside it', () =>
    expect(measured).toMatchObject({ enqueue_rate: 1000, enqueue_p50: 2, enqueue_p99: 2 }));
  it('is the rate of all that was left', () => expect(measured.drain_rate).toBeCloseTo(750, -2));
  it('begins when nobody enqueues any more: a quick backend is done before the next phase is', () => {
    const quick = jobs.map((one) => ({ ...one, settled: Math.min(one.settled ?? 0, 3840 + (one.settled ?? 0) / 25) }));
    expect(Math.max(...quick.map(({ settled }) => settled))).toBeLessThan(4100);
    expect(backlog.measure(timelineOf(phases, quick), params).drain_rate).toBeGreaterThan(10_000);
  });
  it('is no rate where too little was left', () => {
    const few = jobs.filter(({ settled = 0 }) => settled < 4030);
    expect(backlog.measure(timelineOf(phases, few), params).drain_rate).toMatchObject({
      refused: expect.stringMatching(/^needs more jobs/),
    });
  });
});

describe('the layout', () => {
  const laid = (traits: Partial<typeof stubTraits>) =>
    backlog.layout([params], { ...context, traits: { ...stubTraits, ...traits } }).phases;
  it.each([
    [{ bulk: true }, 1000],
    [{ bulk: false }, 1],
  ])('builds the backlog with workers off, in bulk where the backend can: %o', (traits, batch) => {
    const fill = laid(traits).find(({ name }) => name === 'fill');
    expect(fill).toMatchObject({ workers: 'off', until: 'produced', jobs: { jobs: 500, batch } });
  });
  it('enqueues for long enough for a rate, unless that would be too many', () => {
    const enqueue = laid({}).find(({ name }) => name === 'enqueue');
    expect(enqueue).toMatchObject({ jobs: { jobs: 4000, least: { ms: 80, mostJobs: 50_000 } } });
  });
  it('keeps the depth: what is left is worked off afterwards only', () =>
    expect(laid({}).map(({ name, workers, until }) => [name, workers, until])).toEqual([
      ['warm-up', 'on', 'settled'],
      ['fill', 'off', 'produced'],
      ['enqueue', 'off', 'produced'],
      ['held', 'on', 'produced'],
      ['drain', 'on', 'settled'],
    ]));
  it('has a cell for each of two depths, or the one that was asked for', () => {
    const depths = (given: object) => backlog.expand(backlog.params.parse(given)).map(({ depth }) => depth);
    expect(depths({})).toEqual([1000, 100_000]);
    expect(depths({ depth: 7 })).toEqual([7]);
  });
});

it('says how the greatest depth compares with the least', () => {
  const cell = (depth: number, held_rate: number, status = 'ok') => ({
    adapter: 'a',
    params: { depth },
    traits: stubTraits,
    status,
    values: { held_rate },
  });
  expect(backlog.lesson([cell(100_000, 80), cell(1000, 100), cell(5000, 90)])).toBe(
    'a carries 0.8x as many jobs with 100,000 waiting as with 1,000.',
  );
  expect(backlog.lesson([cell(1000, 100), cell(100_000, 80, 'failed')])).toBeUndefined();
});
