import { describe, expect, it } from 'vitest';
import throughput from '../../src/scenarios/throughput.js';
import { stubTraits } from '../support/stubs.js';
import { every, type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const params = throughput.params.parse({ duration: '1s' });
const context = { traits: stubTraits, capacity: { jobsPerS: 4000 } };
const phases = [
  phaseWindow('warm-up', 0, 500),
  phaseWindow('enqueue', 1000, 1000),
  phaseWindow('drain', 2000, 2000),
  phaseWindow('pipeline', 5000, 1000),
];

const enqueued = (at: number, settled: number): JobRow => ({ phase: 'enqueue', due: at, accepted: at, settled });
const piped = (settled: number): JobRow => ({ phase: 'pipeline', due: 5000, accepted: 5000, settled });
/** Taken in at 1,000/s, worked off at 500/s, both at once at 2,000/s. */
const steady = every(1, 1001).map((i) => enqueued(1000 + i, 2000 + 2 * i));
const pipeline = every(0.5, 2000, 5000).map(piped);

describe('rates', () => {
  it('are exact on a timeline of known rates', () => {
    const { enqueue_rate, drain_rate, pipeline_rate } = throughput.measure(
      timelineOf(phases, [...steady, ...pipeline]),
      params,
    );
    expect([enqueue_rate, drain_rate, pipeline_rate]).toEqual([1000, 500, 2000]);
  });

  it('leave out the first tenth, while workers start', () => {
    const slowStart = steady.map((job, i) => (i < 100 ? { ...job, settled: 1000 + 10 * i } : job));
    const slowPipe = pipeline.filter(({ settled = 0 }, i) => settled >= 5100 || i % 10 === 0);
    const { drain_rate, pipeline_rate } = throughput.measure(timelineOf(phases, [...slowStart, ...slowPipe]), params);
    expect([drain_rate, pipeline_rate]).toEqual([500, 2000]);
  });

  it('count what settled, not what was accepted or begun', () => {
    const half = pipeline.map((job, i) => (i % 2 ? { ...job, settled: Number.NaN, started: 5001 } : job));
    expect(throughput.measure(timelineOf(phases, [...steady, ...half]), params).pipeline_rate).toBe(1000);
  });

  it('do not count what settled after the phase: a backlog that is worked off later is no throughput', () => {
    const later = every(0.1, 5000, 6000).map(piped);
    const timeline = timelineOf(phases, [...steady, ...pipeline, ...later]);
    expect(throughput.measure(timeline, params).pipeline_rate).toBe(2000);
  });

  it('are refused when too little completed', () => {
    const { drain_rate } = throughput.measure(timelineOf(phases, [enqueued(1000, 2000)]), params);
    expect(drain_rate).toEqual({ refused: 'needs 2 completions after the warm-up' });
  });
});

describe('a stretch that is too short to tell a rate', () => {
  /** So many jobs are taken in and worked off, one every `gapMs`. */
  const of = (jobs: number, gapMs: number) => {
    const rows = every(gapMs, jobs).map((at) => enqueued(1000 + at, 2000 + at));
    return throughput.measure(timelineOf(phases, [...rows, ...pipeline]), params);
  };

  it('is refused below 50 ms, and says what helps', () => {
    const refused = { refused: expect.stringMatching(/^needs more jobs: they took 4\d ms, and a rate needs 50$/) };
    expect(of(90, 0.6)).toMatchObject({ enqueue_rate: refused, drain_rate: refused, pipeline_rate: 2000 });
  });

  it('is printed from there on', () => {
    const { enqueue_rate, drain_rate } = of(100, 0.6);
    expect(enqueue_rate).toBeCloseTo(1000 / 0.6, 6);
    expect(drain_rate).toBeCloseTo(1000 / 0.6, 6);
  });
});

describe('a pipeline of few jobs', () => {
  const rateOf = (settled: readonly number[]) =>
    throughput.measure(timelineOf(phases, [...steady, ...settled.map(piped)]), { ...params, concurrency: 32 })
      .pipeline_rate;
  /** All slots end together, so often. */
  const rounds = (times: number, apartMs: number) =>
    every(apartMs, times, 5150).flatMap((at) => Array.from({ length: 32 }, () => at));

  it('has no rate where they end in one burst, or in few', () => {
    expect(rateOf(rounds(1, 0))).toEqual({ refused: 'needs more jobs: 32 ended in 900 ms, with a pause of 850 ms' });
    expect(rateOf(rounds(4, 200))).toEqual({ refused: 'needs more jobs: 128 ended in 900 ms, with a pause of 250 ms' });
  });
  it('has one where there are rounds enough, or where they end evenly', () => {
    expect(rateOf(rounds(5, 170))).toBeCloseTo((5 * 32) / 0.9);
    expect(rateOf(every(20, 50, 5000))).toBe(50);
  });
});

describe('the lesson', () => {
  type Cells = Parameters<typeof throughput.lesson>[0];
  const cell = (
    adapter: string,
    rate: number,
    traits: Partial<typeof stubTraits> = {},
    status = 'ok',
  ): Cells[number] => ({
    adapter,
    params: {},
    traits: { ...stubTraits, ...traits },
    status,
    values: { pipeline_rate: rate },
  });
  const once = { delivery: 'at-most-once' } as const;
  const durable = { durability: 'power-loss' } as const;

  it('ranks only among those that promise the same: a weaker promise is cheaper to keep', () => {
    const cells = [cell('fast', 90_000, once), cell('a', 1000), cell('b', 3000), cell('full', 10, durable)];
    expect(throughput.lesson(cells)).toBe(
      'Among at-least-once, memory, b carries the most jobs with workers running: 3x of a.',
    );
  });

  it('says a sentence for each class in which there is something to compare', () => {
    const cells = [cell('c', 100, durable), cell('a', 1000), cell('d', 50, durable), cell('b', 500)];
    expect(throughput.lesson(cells)).toBe(
      'Among at-least-once, power-loss, c carries the most jobs with workers running: 2x of d. ' +
        'Among at-least-once, memory, a carries the most jobs with workers running: 2x of b.',
    );
  });

  it('says where the first has crossed no network', () => {
    const said = throughput.lesson([cell('vm', 1000, { simulated: true }), cell('b', 100)]);
    expect(said).toMatch(/of b \(simulated on this machine: no network, no real boot\)\.$/);
    expect(throughput.lesson([cell('vm', 100, { simulated: true }), cell('b', 1000)])).not.toContain('simulated');
  });
  it('says nothing where nobody is left to compare with', () => {
    expect(throughput.lesson([cell('a', 1000), cell('b', 1, once)])).toBeUndefined();
    expect(throughput.lesson([cell('a', 1000), cell('b', 1, {}, 'failed')])).toBeUndefined();
  });
});

describe('the layout', () => {
  const jobsOf = (given: Record<string, unknown>) => {
    const layout = throughput.layout([throughput.params.parse(given)], context);
    const jobs = layout.phases.find((phase) => phase.name === 'enqueue')?.jobs;
    return jobs?.kind === 'count' ? jobs.jobs : undefined;
  };
  it('enqueues as many jobs as the backend carries in the duration', () =>
    expect(jobsOf({ duration: '500ms' })).toBe(2000));
  it('or as many as the user says', () => expect(jobsOf({ jobs: '77' })).toBe(77));
  it('drains with workers that were off while jobs were enqueued', () => {
    const { phases: laid } = throughput.layout([params], context);
    expect(laid.map((phase) => [phase.name, phase.workers])).toEqual([
      ['warm-up', 'on'],
      ['enqueue', 'off'],
      ['drain', 'on'],
      ['pipeline', 'on'],
    ]);
  });
  it('needs the bulk path for batches, and retries for jobs that fail', () => {
    expect(throughput.requires({ ...params, batch: 10 })).toEqual({ bulk: true });
    expect(throughput.requires({ ...params, work: 'fail:2' })).toEqual({ retries: true });
    expect(throughput.requires(params)).toEqual({});
  });
});
