import { type ApiGate, apiGate } from './apigate.js';
import { Deque } from './deque.js';
import { draw, free, lifeOf, type Machine, starting } from './machine.js';
import { Timers } from './timers.js';
import { addLife, type Tally, tally } from './totals.js';
import type { FleetOptions, Life, Totals } from './types.js';

/** A step after which the fleet has a decision to take. */
export interface Due<J> {
  readonly machine: Machine<J>;
  readonly what: 'up' | 'bootFailed' | 'died' | 'lingered';
}

/** What fleets of one platform share: the limit of its API, and the numbers of machines. */
export interface Platform {
  readonly gate: ApiGate;
  nextId(): number;
}

export function platform({ apiPerS, apiBurst }: Pick<FleetOptions, 'apiPerS' | 'apiBurst'>): Platform {
  let machines = 0;
  return { gate: apiGate(apiPerS, apiBurst), nextId: () => ++machines };
}

/**
 * The machines that live, and what the clock alone does to them. Machines without work stand longest idle first and
 * are taken from the other end, which keeps them in the order in which they will stop: lingering needs no timers.
 */
export class Park<J> {
  readonly tally: Tally = tally();
  #starting = 0;
  readonly #options: FleetOptions;
  readonly #random: () => number;
  readonly #platform: Platform;
  readonly #machines = new Map<number, Machine<J>>();
  readonly #timers = new Timers<Machine<J>>();
  /** Machines that died since are skipped. */
  readonly #idle = new Deque<Machine<J>>();
  /** Machines that stay up without work, because so many always do. */
  readonly #kept: Machine<J>[] = [];
  /** Machines that run and have room for another job. */
  readonly #roomy: Machine<J>[] = [];
  /** Since when each machine that can be started again stands still. */
  readonly #parked: number[] = [];
  readonly #lingers: boolean;

  constructor(options: FleetOptions, random: () => number, shared: Platform) {
    this.#options = options;
    this.#random = random;
    this.#platform = shared;
    // In fork mode a machine is idle only while a pause holds its job back.
    this.#lingers = options.mode === 'queue' && options.waitMs < Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#machines.size;
  }

  /** Of these, the ones that have neither come up nor failed yet. */
  get starting(): number {
    return this.#starting;
  }

  get(id: number): Machine<J> | undefined {
    return this.#machines.get(id);
  }

  all(): Machine<J>[] {
    return [...this.#machines.values()];
  }

  start(now: number): Machine<J> {
    this.tally.machines++;
    this.#starting++;
    const parkedAt = this.#parked.pop();
    if (parkedAt !== undefined) this.tally.parkedMs += now - parkedAt;
    const way = parkedAt !== undefined && this.#options.park === 'suspend' ? 'resume' : 'boot';
    const waitsMs = this.#platform.gate(now) - now;
    const machine = draw<J>({ id: this.#platform.nextId(), at: now, waitsMs, way }, this.#options, this.#random);
    this.#machines.set(machine.id, machine);
    this.tally.peakMachines = Math.max(this.tally.peakMachines, this.#machines.size);
    this.#timers.push(now + machine.apiMs, machine);
    return machine;
  }

  /** A machine is ready, and will not be for ever where machines die. */
  ready(machine: Machine<J>, now: number): void {
    this.#starting--;
    machine.state = 'idle';
    machine.since = now;
    machine.readyAt = now;
    if (machine.lifetimeMs < Number.POSITIVE_INFINITY) this.#timers.push(now + machine.lifetimeMs, machine);
  }

  /** Whether a machine without work stays up: for a while, or because so many always do. */
  keeps(): boolean {
    return this.#options.waitMs > 0 || this.#machines.size <= this.#options.minWarm;
  }

  /** Begins to wait for work. */
  rest(machine: Machine<J>, now: number): void {
    machine.state = this.#lingers ? 'lingering' : 'idle';
    machine.since = now;
    if (this.#lingers && this.#options.waitMs === 0) this.#keep(machine);
    else this.#idle.push(machine);
  }

  /** Takes the machine that worked last of those without work. */
  warm(): Machine<J> | undefined {
    let machine = this.#idle.pop() ?? this.#kept.pop();
    while (machine !== undefined && !free(machine)) machine = this.#idle.pop() ?? this.#kept.pop();
    return machine;
  }

  /** A machine that runs and has room for another job; it stays in line. */
  roomy(): Machine<J> | undefined {
    for (let machine = this.#roomy.at(-1); machine !== undefined; machine = this.#roomy.at(-1)) {
      if (machine.state === 'running' && machine.tasks.length < this.#options.jobsPerMachine) return machine;
      machine.inRoomLine = false;
      this.#roomy.pop();
    }
    return undefined;
  }

  /** A machine has another job, or one less. */
  filled(machine: Machine<J>): void {
    if (machine.inRoomLine || machine.tasks.length >= this.#options.jobsPerMachine) return;
    machine.inRoomLine = true;
    this.#roomy.push(machine);
  }

  /** @param as parked: it stops, and can be started again, or resumed, where the options say so */
  end(machine: Machine<J>, as: 'stopped' | 'parked' | 'failed', now: number): Life {
    const life = lifeOf(machine, now);
    if (starting(machine)) this.#starting--;
    const parks = as === 'parked' && this.#options.park !== 'destroy' && this.#options.mode === 'queue';
    if (parks) this.#parked.push(now);
    machine.state = as === 'failed' ? as : parks && this.#options.park === 'suspend' ? 'suspended' : 'stopped';
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
      if (machine === undefined) return undefined;
      if (this.#machines.size > this.#options.minWarm) return { machine, what: 'lingered' };
      this.#keep(machine);
      return undefined;
    }
    const machine = this.#timers.pop();
    if (machine === undefined) return undefined;
    if (machine.state === 'provisioning') {
      const next = machine.way === 'resume' ? 'resuming' : 'booting';
      machine.bootAt = this.#enter(machine, next, now, machine.bootMs);
      return undefined;
    }
    if (machine.state === 'booting') {
      if (machine.bootFails) return { machine, what: 'bootFailed' };
      machine.appBootAt = this.#enter(machine, 'appBooting', now, machine.appBootMs);
      return undefined;
    }
    if (!starting(machine)) return { machine, what: 'died' };
    if (machine.state === 'resuming') machine.appBootAt = now;
    if (machine.bodyUp) return { machine, what: 'up' };
    machine.overdueAt = now;
    return undefined;
  }

  totals(at: number): Totals {
    const sum = { ...this.tally };
    for (const machine of this.#machines.values()) addLife(sum, lifeOf(machine, at));
    for (const since of this.#parked) sum.parkedMs += at - since;
    return sum;
  }

  #keep(machine: Machine<J>): void {
    machine.state = 'idle'; // its time there began when it began to linger
    this.#kept.push(machine);
  }

  #enter(machine: Machine<J>, state: 'booting' | 'appBooting' | 'resuming', now: number, forMs: number): number {
    machine.state = state;
    machine.since = now;
    this.#timers.push(now + forMs, machine);
    return now;
  }

  #timerAt(): number {
    const gone = (machine: Machine<J> | undefined) => machine !== undefined && !this.#machines.has(machine.id);
    while (gone(this.#timers.first)) this.#timers.pop();
    return this.#timers.nextAt;
  }

  #lingerAt(): number {
    if (!this.#lingers) return Number.POSITIVE_INFINITY;
    let first = this.#idle.first;
    while (first !== undefined && !free(first)) {
      this.#idle.shift();
      first = this.#idle.first;
    }
    return first === undefined ? Number.POSITIVE_INFINITY : first.since + this.#options.waitMs;
  }
}
