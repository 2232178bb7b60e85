import type { ProfileName } from '../core/scenario.js';

/** How much time a run may take. `quick` is the least for which a p99 can be printed at all. */
interface Profile {
  readonly trials: number;
  /** For every scenario that has params of these names. */
  readonly params: Readonly<Record<string, string>>;
  /** Scenario -> params that differ: each question needs its own least time for a number that means something. */
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Scenario -> fewer trials, longer ones in their place: a p99 needs a thousand jobs or requests. */
  readonly fewer?: Readonly<Record<string, number>>;
}

const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  quick: {
    trials: 2,
    params: { warmup: '1s', duration: '1s' },
    scenarios: {
      throughput: { duration: '500ms' },
      latency: { duration: '5700ms' },
      scheduled: { duration: '2s' },
      contention: { duration: '2200ms' },
      operations: { duration: '500ms' },
      recovery: { duration: '5s' },
      retries: { duration: '2500ms' },
      priority: { duration: '5200ms' },
      webhooks: { duration: '6600ms' },
      backlog: { duration: '500ms' },
      idle: { duration: '5s' },
      coldstart: {},
      keepwarm: { duration: '20s', length: '200ms' },
      burst: { jobs: '40', length: '200ms' },
    },
    fewer: { latency: 1, contention: 1, priority: 1, webhooks: 1 },
  },
  standard: {
    trials: 6,
    params: { warmup: '3s', duration: '5s' },
    scenarios: { idle: { duration: '60s' }, keepwarm: { duration: '1m', length: '200ms' } },
  },
  thorough: {
    trials: 12,
    params: { warmup: '3s', duration: '15s' },
    scenarios: { idle: { duration: '60s' }, keepwarm: { duration: '2m', length: '200ms' } },
  },
  // Of `simulate`: trials cost little, and the scenarios' own defaults are made for it.
  virtual: { trials: 25, params: {}, scenarios: {}, fewer: { keepwarm: 6, burst: 6 } },
};

/** Those that `run` can be given. */
export const PROFILE_NAMES = ['quick', 'standard', 'thorough'] as const satisfies readonly ProfileName[];

export function profileTrials(profile: ProfileName): number {
  return PROFILES[profile].trials;
}

/** Trials of one scenario where the user does not say how many. */
export function scenarioTrials(profile: ProfileName, scenario: string): number {
  return PROFILES[profile].fewer?.[scenario] ?? PROFILES[profile].trials;
}

/** What the profile chooses where the user does not, as text for `scenario.params`; may name params it does not have. */
export function profileParams(profile: ProfileName, scenario: string): Readonly<Record<string, string>> {
  const { params, scenarios } = PROFILES[profile];
  return { ...params, ...scenarios[scenario] };
}

/** Scenarios in the order in which a reader wants them: simple questions first; those unknown here last, by name. */
export function scenarioOrder(names: readonly string[]): string[] {
  const order = Object.keys(PROFILES.quick.scenarios);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}
