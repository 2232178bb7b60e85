import { z } from 'zod';
import type { Adapter } from '../../src/core/adapter.js';
import type { Params, Scenario } from '../../src/core/scenario.js';
import type { Traits } from '../../src/core/traits.js';
import type { Contestant, Question, RunRequest } from '../../src/engine/request.js';

export const stubTraits: Traits = {
  topology: 'shared',
  executes: 'loop',
  delivery: 'at-least-once',
  durability: 'memory',
  schedules: false,
  priorities: false,
  retries: false,
  unique: false,
  bulk: false,
};

/** An adapter that is only looked at, never connected. */
export function stubAdapter(rest: Partial<Adapter> = {}): Adapter {
  const never = () => Promise.reject(new Error('a stub connects to nothing'));
  return { summary: 'a stub', traits: stubTraits, create: never, connect: never, ...rest };
}

export function stubContestant(label: string, rest: Partial<Adapter> = {}): Contestant {
  return { label, ref: { name: label, module: 'data:,', options: {} }, adapter: stubAdapter(rest) };
}

/** A scenario without phases and metrics. */
export function stubScenario(rest: Partial<Scenario> = {}): Scenario {
  return {
    question: 'How?',
    byDefault: false,
    model: 'none',
    params: z.object({}),
    metrics: {},
    calibrate: () => [],
    requires: () => ({}),
    layout: () => ({
      producers: 1,
      workers: 1,
      concurrency: 1,
      work: { kind: 'noop' },
      payloadBytes: 0,
      attempts: 1,
      phases: [],
    }),
    measure: () => ({}),
    ...rest,
  };
}

export function stubQuestion(
  name: string,
  paramSets: readonly Params[] = [{}],
  rest: Partial<Scenario> = {},
): Question {
  return { name, scenario: stubScenario(rest), paramSets };
}

export function requestFor(
  contestants: readonly Contestant[],
  questions: readonly Question[],
  rest: Partial<RunRequest> = {},
): RunRequest {
  return {
    id: 'test',
    version: '0.0.0',
    contestants,
    questions,
    profile: 'quick',
    trials: 1,
    seed: 1,
    timeoutMs: 20_000,
    allowRemote: false,
    keep: false,
    command: [],
    ...rest,
  };
}
