import { Deque } from './deque.js';
import { draw, lifeOf, type Machine } from './machine.js';
import { Timers } from './timers.js';
import { addLife, type Tally, tally } from './totals.js';
import type { FleetOptions, Life, Totals } from './types.js';

/** A step after which the fleet has a decision to take. */
export interface Due<J> {
  readonly machine: Machine<J>;
  readonly what: 'up' | 'bootFailed' | 'lingered';
}

/**
 * The machines that live, and what the clock alone does to them. Machines without work stand longest idle first and
 * are taken from the other end, which keeps them in the order in which they will stop: lingering needs no timers.
 */
export class Park<J> {
  readonly tally: Tally = tally();
  readonly #options: FleetOptions;
  readonly #random: () => number;
  readonly #machines = new Map<number, Machine<J>>();
  readonly #timers = new Timers<Machine<J>>();
  /** Machines that died since are skipped. */
  readonly #idle = new Deque<Machine<J>>();
  readonly #lingers: boolean;

  constructor(options: FleetOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
    // In fork mode a machine is idle only while a pause holds its job back.
    this.#lingers = options.mode === 'queue' && options.waitMs < Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#machines.size;
  }

  get(id: number): Machine<J> | undefined {
    return this.#machines.get(id);
  }

  all(): Machine<J>[] {
    return [...this.#machines.values()];
  }

  start(now: number): Machine<J> {
    const machine = draw<J>(++this.tally.machines, now, this.#options, this.#random);
    this.#machines.set(machine.id, machine);
    this.tally.peakMachines = Math.max(this.tally.peakMachines, this.#machines.size);
    this.#timers.push(now + machine.apiMs, machine);
    return machine;
  }

  /** Begins to linger. */
  rest(machine: Machine<J>, now: number): void {
    machine.state = 'idle';
    machine.since = now;
    this.#idle.push(machine);
  }

  /** Takes the machine that worked last of those without work. */
  warm(): Machine<J> | undefined {
    let machine = this.#idle.pop();
    while (machine !== undefined && machine.state !== 'idle') machine = this.#idle.pop();
    return machine;
  }

  end(machine: Machine<J>, as: 'stopped' | 'failed', now: number): Life {
    const life = lifeOf(machine, now);
    machine.state = as;
    this.#machines.delete(machine.id);
    addLife(this.tally, life);
    return life;
  }

  nextAt(): number {
    return Math.min(this.#timerAt(), this.#lingerAt());
  }

  /** Carries out what is due at `nextAt()`, which is `now`. */
  step(now: number): Due<J> | undefined {
    if (this.#timerAt() > this.#lingerAt()) {
      const machine = this.#idle.shift();
      return machine && { machine, what: 'lingered' };
    }
    const machine = this.#timers.pop();
    if (machine === undefined) return undefined;
    if (machine.state === 'provisioning') {
      machine.bootAt = this.#enter(machine, 'booting', now, machine.bootMs);
    } else if (machine.state === 'booting') {
      if (machine.bootFails) return { machine, what: 'bootFailed' };
      machine.appBootAt = this.#enter(machine, 'appBooting', now, machine.appBootMs);
    } else if (machine.bodyUp) {
      return { machine, what: 'up' };
    } else {
      machine.overdueAt = now;
    }
    return undefined;
  }

  totals(at: number): Totals {
    const sum = { ...this.tally };
    for (const machine of this.#machines.values()) addLife(sum, lifeOf(machine, at));
    return sum;
  }

  #enter(machine: Machine<J>, state: 'booting' | 'appBooting', now: number, forMs: number): number {
    machine.state = state;
    machine.since = now;
    this.#timers.push(now + forMs, machine);
    return now;
  }

  #timerAt(): number {
    const gone = (machine: Machine<J> | undefined) => machine?.state === 'stopped' || machine?.state === 'failed';
    while (gone(this.#timers.first)) this.#timers.pop();
    return this.#timers.nextAt;
  }

  #lingerAt(): number {
    if (!this.#lingers) return Number.POSITIVE_INFINITY;
    let first = this.#idle.first;
    while (first !== undefined && first.state !== 'idle') {
      this.#idle.shift();
      first = this.#idle.first;
    }
    return first === undefined ? Number.POSITIVE_INFINITY : first.since + this.#options.waitMs;
  }
}
