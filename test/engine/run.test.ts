import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Layout } from '../../src/core/layout.js';
import type { ResultFile } from '../../src/core/result.js';
import type { Finding, Scenario } from '../../src/core/scenario.js';
import type { Bench } from '../../src/engine/bench.js';
import type { TrialOutcome } from '../../src/engine/outcome.js';
import type { Observer, RunRequest } from '../../src/engine/request.js';
import { measure } from '../../src/engine/run.js';
import { outcomeOf, probed } from '../support/outcome.js';
import { requestFor, stubContestant, stubQuestion } from '../support/stubs.js';
import { phaseWindow, timelineOf } from '../support/timeline.js';
import { plain } from '../support/trial.js';

/*
 * The order of trials, their seeds, and what a run says of itself, without a process: the bench answers at once, and
 * the machine is whatever a test says.
 */
interface Asked {
  readonly label: string;
  readonly seed: number;
  readonly layout: Layout;
}
const world = vi.hoisted(() => ({
  trial: undefined as unknown,
  others: (): number[] => [],
  noise: { load1: 0, stealPercent: 0, otherCpuPercent: 0 },
}));
vi.mock('../../src/engine/bench.js', () => ({
  openBench: () => ({ trial: world.trial, skewBoundUs: () => 1, cpuMs: () => 0 }),
}));
vi.mock('../../src/engine/scratch.js', () => ({
  openScratch: () => ({ dir: '/nowhere', [Symbol.asyncDispose]: async () => undefined }),
}));
vi.mock('../../src/engine/machine.js', () => ({
  calibrate: async () => ({ clockReadNs: 1, timerLateP99Ms: 1, fsyncP50Us: 1, spinsPerMs: 1 }),
  describeHost: async () => ({}),
}));
vi.mock('../../src/engine/noise.js', () => ({ startNoise: () => () => world.noise }));
vi.mock('../../src/engine/others.js', () => ({
  registerRun: () => ({ others: () => world.others(), release: () => undefined }),
}));

const sound = timelineOf([phaseWindow('jobs', 0, 100)], []);
let asked: Asked[] = [];
beforeEach(() => {
  asked = [];
  answer(() => outcomeOf(sound));
  world.others = () => [];
  world.noise = { load1: 0, stealPercent: 0, otherCpuPercent: 0 };
});
afterEach(() => vi.clearAllMocks());

/** @param outcome of the n-th trial of the run */
function answer(outcome: (one: Asked, n: number) => TrialOutcome): void {
  const trial: Bench['trial'] = async ({ label }, _traits, layout, seed) => {
    const one = { label, seed, layout };
    asked.push(one);
    return outcome(one, asked.length - 1);
  };
  world.trial = trial;
}

const silent: Observer = { status: () => undefined, note: () => undefined };
const two = [stubContestant('a'), stubContestant('b')];

function run(scenario: Partial<Scenario>, rest: Partial<RunRequest> = {}, observer = silent): Promise<ResultFile> {
  const questions = ['x', 'y'].map((name) => stubQuestion(name, [{ name }], scenario));
  const request = requestFor(two, questions, rest);
  return measure(request, observer, { trial: () => undefined }, new AbortController().signal);
}

const metrics = { rate: { label: 'rate', unit: 'jobs/s', better: 'higher' } } as const;
const measuring = { metrics, measure: () => ({ rate: 1 }) };
/** The scenario of a trial is told by its concurrency. */
const layout: Scenario['layout'] = ([{ name }]) => ({ ...plain, concurrency: name === 'x' ? 1 : 2 });

describe('seeds', () => {
  /** Seeds of an arm's trials of a question, block by block. */
  const seeds = async (contest: 'arms' | 'rivals') => {
    await run({ ...measuring, layout }, { contest, trials: 3 });
    return (label: string, concurrency: number) =>
      asked.filter((one) => one.label === label && one.layout.concurrency === concurrency).map(({ seed }) => seed);
  };

  it('are the same for both arms of a block, so that what differs between them is not their luck', async () => {
    const of = await seeds('arms');
    expect(of('a', 1)).toEqual(of('b', 1));
    expect(of('a', 2)).toEqual(of('b', 2));
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(6); // two questions, three blocks
  });

  it('are their own for rivals', async () => {
    const of = await seeds('rivals');
    expect(of('a', 1)).not.toEqual(of('b', 1));
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(12);
  });

  it('come from the seed of the run', async () => {
    await run({ ...measuring, layout }, { trials: 2, seed: 1 });
    const first = asked.splice(0);
    await run({ ...measuring, layout }, { trials: 2, seed: 1 });
    expect(asked.splice(0)).toEqual(first);
    await run({ ...measuring, layout }, { trials: 2, seed: 2 });
    expect(asked.map(({ seed }) => seed)).not.toEqual(first.map(({ seed }) => seed));
  });
});

describe('the load of', () => {
  /** What each contestant was given to do in its trials, where `a` carries a quarter of what `b` does. */
  const loads = async (contest: 'arms' | 'rivals') => {
    const jobsPerS = { a: 1000, b: 4000 };
    const isProbe = ({ layout: { phases } }: Asked) => phases.some(({ name }) => name === 'capacity');
    answer((one) => (isProbe(one) ? probed(jobsPerS[one.label as 'a' | 'b'] ?? 9000, 'jobs') : outcomeOf(sound)));
    const byCapacity: Scenario['layout'] = (_, { capacity }) => ({
      ...plain,
      payloadBytes: Math.round((capacity.jobsPerS ?? 0) / 1000),
    });
    await run({ ...measuring, calibrate: () => ['jobsPerS'], layout: byCapacity }, { contest });
    const trials = asked.filter((one) => !isProbe(one));
    return ['a', 'b'].map((name) => trials.filter(({ label }) => label === name).map((one) => one.layout.payloadBytes));
  };
  it('arms is what the weaker of them carries', async () =>
    expect(await loads('arms')).toEqual([
      [1, 1],
      [1, 1],
    ]));
  it('rivals is what each carries', async () =>
    expect(await loads('rivals')).toEqual([
      [1, 1],
      [4, 4],
    ]));
});

describe('a trial that its environment spoilt', () => {
  const spoilt: Finding = { severity: 'environment', code: 'disturbed', message: 'something kept the machine busy' };
  /** The scenario finds the disturbance in the trials of `a` that are numbered so, each counted for itself. */
  const disturbedIn = (...which: number[]): Partial<Scenario> => ({
    ...measuring,
    judge: (timeline) => (timeline.storeBytes > 0 && which.includes(timeline.storeBytes) ? [spoilt] : []),
  });
  const numbered = () =>
    answer(({ label }) => {
      const before = asked.filter((one) => one.label === label).length;
      return outcomeOf({ ...sound, storeBytes: label === 'a' ? before : 0 });
    });
  const cellOf = ({ cells }: ResultFile, id: string) => {
    const cell = cells.find((one) => one.id === id);
    return { status: cell?.status, trials: cell?.trials.map(({ block, setAside }) => [block, setAside !== undefined]) };
  };
  const one = async (which: number[], rest: Partial<RunRequest> = {}) => {
    numbered();
    const request = requestFor(two, [stubQuestion('x', [{}], disturbedIn(...which))], { trials: 2, ...rest });
    return measure(request, silent, { trial: () => undefined }, new AbortController().signal);
  };

  it('is measured once more, at the end, and the cell stands', async () => {
    const result = await one([1]);
    expect(asked).toHaveLength(5);
    expect(asked.at(-1)?.label).toBe('a');
    expect(cellOf(result, 'x a')).toEqual({
      status: 'ok',
      trials: [
        [0, true],
        [1, false],
        [0, false],
      ],
    });
    expect(cellOf(result, 'x b').trials).toHaveLength(2);
  });

  it('is not measured a third time', async () => {
    const result = await one([1, 3]);
    expect(asked).toHaveLength(5);
    expect(cellOf(result, 'x a')).toEqual({
      status: 'invalid',
      trials: [
        [0, true],
        [1, false],
        [0, true],
      ],
    });
  });

  it('of an arm is lost with its block: measured later it would have no neighbour', async () => {
    const result = await one([1], { contest: 'arms' });
    expect(asked).toHaveLength(4);
    expect(cellOf(result, 'x a').trials).toEqual([
      [0, true],
      [1, false],
    ]);
  });
});

describe('company', () => {
  const codes = ({ warnings = [] }: ResultFile) => warnings.map(({ code }) => code);
  const notes: string[] = [];
  const observer = { status: () => undefined, note: (text: string) => void notes.push(text) };
  beforeEach(() => void notes.splice(0));

  it('is seen at any time, also when it is gone again at the end, and is said once', async () => {
    world.others = () => (asked.length === 3 ? [4711] : []);
    expect(codes(await run(measuring, { trials: 2 }, observer))).toEqual(['concurrent-run']);
    expect(notes).toEqual([expect.stringMatching(/another jobbench run is active/)]);
  });

  it('is seen at the end, when it came during the last trial', async () => {
    world.others = () => (asked.length === 8 ? [4711] : []);
    expect(codes(await run(measuring, { trials: 2 }, observer))).toEqual(['concurrent-run']);
  });

  it('is not claimed where there was none', async () => {
    expect(codes(await run(measuring, { trials: 2 }, observer))).toEqual([]);
    expect(notes).toEqual([]);
  });

  it('a noisy machine is said in the result, with what was seen', async () => {
    world.noise = { load1: 1, stealPercent: 2, otherCpuPercent: 0 };
    const result = await run(measuring);
    expect(codes(result)).toEqual(['noisy-machine']);
    expect(result.host.noise).toEqual(world.noise);
  });
});
