import { describe, expect, it } from 'vitest';
import idle from '../../src/scenarios/idle.js';
import { stubTraits } from '../support/stubs.js';
import { phaseWindow, timelineOf } from '../support/timeline.js';

const phases = [{ ...phaseWindow('idle', 0, 10_000), queries: 30 }, phaseWindow('pickup', 10_000, 10)];
const job = { phase: 'pickup', due: 10_000, started: 10_004, finished: 10_005 };
const reading = (process: string, cpuMs: number, sleeps?: number) => ({
  process,
  phase: 'idle',
  cpuMs,
  peakRssBytes: 0,
  eventLoopUtilization: 0,
  loopDelayMs: 0,
  gcMs: 0,
  wallMs: 10_000,
  ...(sleeps !== undefined && { sleeps }),
});
const usage = [reading('worker-0', 50, 20), reading('producer-0', 30, 10), reading('backend', 20, 100)];
const params = idle.params.parse({});
const shared = { traits: stubTraits, capacity: {} };

it('costs what all processes together used, and what the backend was asked; then one job waits', () => {
  const other = { ...reading('worker-0', 9999, 9999), phase: 'warm-up' };
  const timeline = timelineOf(phases, [job], { usage: [...usage, other] });
  expect(idle.measure(timeline, params, shared)).toEqual({ idle_cpu: 1, wakeups: 13, queries: 3, pickup: 4 });
});

describe('says why there is no number', () => {
  const measure = (jobs: Parameters<typeof timelineOf>[1], window = phases[0], used = usage, context = shared) =>
    idle.measure(
      timelineOf([window ?? phaseWindow('idle', 0, 1), phaseWindow('pickup', 10_000, 10)], jobs, { usage: used }),
      params,
      context,
    );
  it('of queries, where the backend does not count them', () =>
    expect(measure([job], phaseWindow('idle', 0, 10_000)).queries).toMatchObject({
      refused: expect.stringMatching(/nobody counts/),
    }));
  it('of queries, where there is nobody to ask', () =>
    expect(
      measure([job], phaseWindow('idle', 0, 10_000), usage, {
        ...shared,
        traits: { ...stubTraits, topology: 'embedded' },
      }).queries,
    ).toMatchObject({ refused: expect.stringMatching(/nobody to ask/) }));
  it('of wake-ups, where the platform does not', () =>
    expect(measure([job], phases[0], [reading('worker-0', 1)]).wakeups).toMatchObject({
      refused: expect.stringMatching(/platform/),
    }));
  it('of the pickup, where the job did not start', () =>
    expect(measure([{ phase: 'pickup', due: 10_000 }]).pickup).toEqual({ refused: 'the job did not start' }));
});

it('asks nothing of anybody for as long as was asked, and then one job', () => {
  const params = idle.params.parse({ duration: '60s' });
  expect(idle.layout([params]).phases).toMatchObject([
    { name: 'warm-up' },
    { name: 'idle', workers: 'on', restMs: 60_000 },
    { name: 'pickup', workers: 'on', jobs: { jobs: 1 } },
  ]);
});

it('says how soon each is awake, the quickest first', () => {
  const cell = (adapter: string, pickup: number, idle_cpu: number) => ({
    adapter,
    params: {},
    traits: stubTraits,
    status: 'ok',
    values: { pickup, idle_cpu },
  });
  expect(idle.lesson([cell('a', 5, 2), cell('b', 0.5, 0.1)])).toBe(
    'After a rest the next job starts within 0.5 ms on b (resting at 0.1 % CPU), 5 ms on a (resting at 2 % CPU).',
  );
});
