import { seeded, seedFor } from '../core/random.js';
import { Fleet } from './fleet.js';
import { platform } from './park.js';
import { addTotals, tally } from './totals.js';
import type { Effect, FleetOptions, QueueLimits, Totals } from './types.js';

/** The queue of jobs whose own is not named. */
const REST = '';

/**
 * A fleet for each named queue, and one for all others, on one platform: they share the limit of its API and nothing
 * else. The events are those of a fleet.
 */
export class Fleets<J> {
  readonly #fleets = new Map<string, Fleet<J>>();
  readonly #rest: Fleet<J>;
  readonly #all: readonly Fleet<J>[];
  /** The fleet of each machine that lives. */
  readonly #homes = new Map<number, Fleet<J>>();
  #peak = 0;

  constructor(options: FleetOptions, queues: ReadonlyMap<string, QueueLimits>, seed: number) {
    const shared = platform(options);
    const own = (name: string) => seeded(name === REST ? seed : seedFor(seed, name));
    this.#rest = new Fleet(options, own(REST), shared);
    for (const [name, limits] of queues)
      this.#fleets.set(name, new Fleet({ ...options, ...limits }, own(name), shared));
    this.#all = [this.#rest, ...this.#fleets.values()];
  }

  get running(): number {
    return this.#sum((fleet) => fleet.running);
  }

  get open(): number {
    return this.#sum((fleet) => fleet.open);
  }

  get machines(): number {
    return this.#sum((fleet) => fleet.machines);
  }

  nextAt(): number {
    if (this.#all.length === 1) return this.#rest.nextAt();
    return this.#all.reduce((first, fleet) => Math.min(first, fleet.nextAt()), Number.POSITIVE_INFINITY);
  }

  advance(at: number): Effect<J>[] {
    return this.#each(at, (fleet) => fleet.advance(at));
  }

  /** @param slots jobs at once, in each queue */
  resume(slots: number, at: number): Effect<J>[] {
    return this.#each(at, (fleet) => fleet.resume(slots, at));
  }

  pause(at: number): Effect<J>[] {
    return this.#each(at, (fleet) => fleet.pause(at));
  }

  shutdown(at: number): Effect<J>[] {
    return this.#each(at, (fleet) => fleet.shutdown(at));
  }

  submit(job: J, at: number, limit?: number, queue: string = REST): Effect<J>[] {
    const fleet = this.#fleets.get(queue) ?? this.#rest;
    return this.#event(fleet, at, () => fleet.submit(job, at, limit));
  }

  bodyUp(id: number, at: number): Effect<J>[] {
    return this.#on(id, at, (fleet) => fleet.bodyUp(id, at));
  }

  finished(id: number, at: number, job?: J): Effect<J>[] {
    return this.#on(id, at, (fleet) => fleet.finished(id, at, job));
  }

  failed(id: number, at: number, job?: J): Effect<J>[] {
    return this.#on(id, at, (fleet) => fleet.failed(id, at, job));
  }

  died(id: number, at: number): Effect<J>[] {
    return this.#on(id, at, (fleet) => fleet.died(id, at));
  }

  totals(at: number): Totals {
    const sum = tally();
    for (const fleet of this.#all) addTotals(sum, fleet.totals(at));
    return this.#all.length === 1 ? sum : { ...sum, peakMachines: this.#peak };
  }

  #sum(of: (fleet: Fleet<J>) => number): number {
    return this.#all.length === 1 ? of(this.#rest) : this.#all.reduce((total, fleet) => total + of(fleet), 0);
  }

  #on(id: number, at: number, act: (fleet: Fleet<J>) => Effect<J>[]): Effect<J>[] {
    const fleet = this.#all.length === 1 ? this.#rest : this.#homes.get(id);
    return fleet === undefined ? this.advance(at) : this.#event(fleet, at, () => act(fleet));
  }

  #event(fleet: Fleet<J>, at: number, act: () => Effect<J>[]): Effect<J>[] {
    if (this.#all.length === 1) return act();
    return [...this.#catchUp(at), ...this.#noted(act(), fleet)];
  }

  #each(at: number, act: (fleet: Fleet<J>) => Effect<J>[]): Effect<J>[] {
    const effects = this.#catchUp(at);
    for (const fleet of this.#all) for (const effect of this.#noted(act(fleet), fleet)) effects.push(effect);
    return effects;
  }

  /** What was due before, in the order of its times whatever the queue: the first to ask is the first that is let through. */
  #catchUp(at: number): Effect<J>[] {
    const effects: Effect<J>[] = [];
    if (this.#all.length === 1) return effects;
    for (;;) {
      const first = this.#all.reduce((best, fleet) => (fleet.nextAt() < best.nextAt() ? fleet : best));
      const due = first.nextAt();
      if (due > at) return effects;
      for (const effect of this.#noted(first.advance(due), first)) effects.push(effect);
    }
  }

  /** Remembers whose each machine is. */
  #noted(effects: Effect<J>[], fleet: Fleet<J>): Effect<J>[] {
    if (this.#all.length === 1) return effects;
    for (const effect of effects) {
      if (effect.kind === 'start') this.#homes.set(effect.machine, fleet);
      else if (effect.kind === 'stop' || effect.kind === 'lost') this.#homes.delete(effect.machine);
    }
    this.#peak = Math.max(this.#peak, this.machines);
    return effects;
  }
}
