import { parseDistribution } from '../../src/core/distribution.js';
import { seeded } from '../../src/core/random.js';
import { Fleet } from '../../src/fleet/fleet.js';
import { parseLifetime } from '../../src/fleet/lifetime.js';
import { Timers } from '../../src/fleet/timers.js';
import type { Effect, FleetOptions, Totals } from '../../src/fleet/types.js';

/** A job of a simulated day. `ends`: how each attempt ends; the last word holds for all that follow. */
export interface Arrival {
  readonly at: number;
  readonly runMs: number;
  readonly ends: readonly ('finished' | 'failed' | 'died')[];
  readonly limit?: number;
}

export interface Stamped {
  readonly at: number;
  readonly effect: Effect<number>;
}

export interface Day {
  readonly effects: readonly Stamped[];
  readonly totals: Totals;
  readonly endedAt: number;
  /** Jobs that had not ended when nothing more was going to happen. */
  readonly open: number;
  readonly machines: number;
}

/** Options as a person would write them, for tests. */
export function fleetOptions(o: {
  mode?: 'queue' | 'fork';
  apiDelay?: string;
  boot?: string;
  appBoot?: string;
  bootFailure?: number;
  lifetime?: string;
  waitMs?: number;
  maxMachines?: number;
  attempts?: number;
  bodies?: 'real' | 'none';
  resume?: string;
  apiPerS?: number;
  apiBurst?: number;
  minWarm?: number;
  jobsPerMachine?: number;
  park?: FleetOptions['park'];
}): FleetOptions {
  const parse = (text: string) => parseDistribution(text, () => '');
  return {
    mode: o.mode ?? 'queue',
    apiDelay: parse(o.apiDelay ?? '0ms'),
    boot: parse(o.boot ?? '500ms'),
    appBoot: parse(o.appBoot ?? '2s'),
    resume: parse(o.resume ?? '300ms'),
    apiPerS: o.apiPerS ?? Number.POSITIVE_INFINITY,
    apiBurst: o.apiBurst ?? 1,
    minWarm: o.minWarm ?? 0,
    jobsPerMachine: o.jobsPerMachine ?? 1,
    park: o.park ?? 'destroy',
    bootFailure: o.bootFailure ?? 0,
    lifetime: parseLifetime(o.lifetime ?? 'never', () => ''),
    waitMs: o.waitMs ?? 10_000,
    maxMachines: o.maxMachines ?? 4,
    attempts: o.attempts ?? 3,
    bodies: o.bodies ?? 'none',
  };
}

/** Lives through all arrivals in virtual time, until nothing is left to happen. */
export function live(options: FleetOptions, arrivals: readonly Arrival[], seed: number, slots = 1e9): Day {
  const fleet = new Fleet<number>(options, seeded(seed));
  const ends = new Timers<{ machine: number; job: number; end: 'finished' | 'failed' | 'died' }>();
  const effects: Stamped[] = [];
  let now = 0;
  const take = (list: Effect<number>[]) => {
    for (const effect of list) {
      effects.push({ at: now, effect });
      if (effect.kind !== 'run') continue;
      const { runMs, ends: how } = arrivals[effect.job] as Arrival;
      const end = how[effect.attempt - 1] ?? how.at(-1) ?? 'finished';
      ends.push(now + runMs, { machine: effect.machine, job: effect.job, end });
    }
  };
  take(fleet.resume(slots, 0));
  for (let next = 0; ; ) {
    const arrival = arrivals[next];
    const at = Math.min(arrival?.at ?? Number.POSITIVE_INFINITY, ends.nextAt, fleet.nextAt());
    if (at === Number.POSITIVE_INFINITY) break;
    now = at;
    if (fleet.nextAt() <= at) take(fleet.advance(at));
    else if (ends.nextAt <= at) {
      const ended = ends.pop();
      if (ended === undefined) break;
      const { machine, job, end } = ended;
      take(end === 'died' ? fleet.died(machine, at) : fleet[end](machine, at, job));
    } else take(fleet.submit(next++, at, arrival?.limit));
  }
  const { open, machines } = fleet;
  const totals = fleet.totals(now);
  if (options.minWarm > 0) take(fleet.shutdown(now)); // those that never stop by themselves
  return { effects, totals, endedAt: now, open, machines };
}
