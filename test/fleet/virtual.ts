import { parseDistribution } from '../../src/core/distribution.js';
import { seeded } from '../../src/core/random.js';
import { Fleet } from '../../src/fleet/fleet.js';
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
  waitMs?: number;
  maxMachines?: number;
  attempts?: number;
  bodies?: 'real' | 'none';
}): FleetOptions {
  const parse = (text: string) => parseDistribution(text, () => '');
  return {
    mode: o.mode ?? 'queue',
    apiDelay: parse(o.apiDelay ?? '0ms'),
    boot: parse(o.boot ?? '500ms'),
    appBoot: parse(o.appBoot ?? '2s'),
    bootFailure: o.bootFailure ?? 0,
    waitMs: o.waitMs ?? 10_000,
    maxMachines: o.maxMachines ?? 4,
    attempts: o.attempts ?? 3,
    bodies: o.bodies ?? 'none',
  };
}

/** Lives through all arrivals in virtual time, until nothing is left to happen. */
export function live(options: FleetOptions, arrivals: readonly Arrival[], seed: number, slots = 1e9): Day {
  const fleet = new Fleet<number>(options, seeded(seed));
  const ends = new Timers<{ machine: number; end: 'finished' | 'failed' | 'died' }>();
  const effects: Stamped[] = [];
  let now = 0;
  const take = (list: Effect<number>[]) => {
    for (const effect of list) {
      effects.push({ at: now, effect });
      if (effect.kind !== 'run') continue;
      const { runMs, ends: how } = arrivals[effect.job] as Arrival;
      ends.push(now + runMs, { machine: effect.machine, end: how[effect.attempt - 1] ?? how.at(-1) ?? 'finished' });
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
      const { machine, end } = ends.pop() as { machine: number; end: 'finished' | 'failed' | 'died' }; // nextAt was finite
      take(fleet[end](machine, at));
    } else take(fleet.submit(next++, at, arrival?.limit));
  }
  return { effects, totals: fleet.totals(now), endedAt: now, open: fleet.open, machines: fleet.machines };
}
