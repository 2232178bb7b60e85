import { Jobs } from './jobs.js';
import { type Machine, starting } from './machine.js';
import type { Park } from './park.js';
import { Restarts } from './restarts.js';
import type { Task } from './task.js';
import type { Effect, FleetOptions } from './types.js';

/** The decisions: which machine starts, which job runs on it, and when it stops. What becomes of a job is for `Jobs`. */
export class Dispatch<J> {
  effects: Effect<J>[] = [];
  now = Number.NEGATIVE_INFINITY;
  /** Jobs at once; 0 = paused. */
  slots = 0;
  readonly jobs: Jobs<J>;
  readonly restarts = new Restarts();
  readonly #options: FleetOptions;
  readonly #park: Park<J>;

  constructor(options: FleetOptions, park: Park<J>) {
    this.#options = options;
    this.#park = park;
    this.jobs = new Jobs(options, park.tally);
  }

  arrive(job: J, limit: number | undefined): void {
    this.jobs.arrive(job, this.now, limit);
    this.pump();
  }

  /** From now on so many jobs at once. */
  resume(slots: number): void {
    this.slots = slots;
    this.keepWarm();
    this.pump();
  }

  /** So many are up, or are coming up, or will be when those that crash may start again. */
  keepWarm(): void {
    const { mode, minWarm, maxMachines } = this.#options;
    const least = mode === 'fork' ? 0 : Math.min(minWarm, maxMachines, this.slots);
    while (this.#park.size < least && this.restarts.mayStart(this.now)) this.#start(undefined);
  }

  /** Gives waiting jobs to warm machines, and starts machines for those that neither warm nor starting ones cover. */
  pump(): void {
    if (this.slots === 0) return;
    if (this.#options.mode === 'fork') this.#pumpForks();
    else this.#pumpQueue();
  }

  /** A machine is ready. */
  up(machine: Machine<J>): void {
    const { cause } = machine;
    this.#park.ready(machine, this.now);
    if (this.#options.mode === 'fork') {
      if (cause !== undefined && this.slots > 0) this.#run(machine, cause);
      else this.#park.rest(machine, this.now); // held until the pause is over
      return;
    }
    this.#unlink(machine);
    if (cause !== undefined) this.jobs.release(cause);
    this.#next(machine);
  }

  /** The real body of a machine has started, perhaps later than the simulated boot took. */
  bodyUp(machine: Machine<J>): void {
    if (machine.bodyUp) return;
    machine.bodyUp = true;
    if (machine.overdueAt === undefined) return;
    this.#park.tally.overruns++;
    this.#park.tally.overrunMs += this.now - machine.overdueAt;
    this.up(machine);
  }

  completed(machine: Machine<J>, done: Task<J>): void {
    this.#leave(machine, done, 'run');
    this.effects.push(this.jobs.completed(done));
    this.#next(machine);
    this.pump();
  }

  failed(machine: Machine<J>, tried: Task<J>): void {
    this.#leave(machine, tried, 'lost');
    this.effects.push(this.jobs.charge(tried, 'failed', this.now));
    this.#next(machine);
    this.pump();
  }

  /** The real body of a machine is gone. Where it had a job, that is to blame, and its tries are counted. */
  crashed(machine: Machine<J>): void {
    if (machine.tasks.length === 0 && machine.last === undefined) {
      this.#park.tally.crashes++;
      this.restarts.crashed(this.now);
    }
    this.lost(machine);
  }

  /** A machine is gone. */
  lost(machine: Machine<J>): void {
    const { cause } = machine;
    const victims = [...machine.tasks];
    const unborn = starting(machine);
    for (const victim of victims) this.#leave(machine, victim, 'lost');
    const { startedAt } = machine;
    this.#end(machine, unborn ? 'boot' : 'died');
    for (const victim of victims) this.effects.push(this.jobs.charge(victim, 'died', this.now));
    if (cause !== undefined) {
      if (this.slots > 0) this.effects.push(this.jobs.charge(cause, 'boot', this.now));
      else this.jobs.release(cause); // while nobody is waiting for its end, a boot that fails costs it nothing
    }
    // One that failed at the instant of its start is not replaced at that instant: it would go on for ever.
    if (this.now > startedAt) this.keepWarm();
    this.pump();
  }

  /** The wait of a machine is over. */
  expired(machine: Machine<J>): void {
    this.#end(machine, 'park');
  }

  /** A machine stops for good. Jobs that it was running wait again. */
  stop(machine: Machine<J>): void {
    const { cause } = machine;
    const interrupted = [...machine.tasks];
    for (const task of interrupted) this.#leave(machine, task, 'lost');
    this.#end(machine, 'stop');
    for (const task of interrupted) this.jobs.again(task, this.now, 'front');
    if (cause !== undefined) this.jobs.release(cause);
  }

  #pumpQueue(): void {
    while (this.jobs.next !== undefined && this.jobs.running < this.slots) {
      const machine = this.#park.roomy() ?? this.#park.warm();
      if (machine === undefined) break;
      this.#run(machine, this.jobs.next);
    }
    const most = Math.min(this.#options.maxMachines, this.slots);
    const { jobsPerMachine } = this.#options;
    while (this.#park.starting * jobsPerMachine < this.jobs.waiting && this.#park.size < most) {
      const cause = this.jobs.claim();
      if (cause === undefined) break;
      this.#start(cause);
    }
  }

  #pumpForks(): void {
    for (let held = this.#park.warm(); held !== undefined; held = this.#park.warm()) {
      if (held.cause !== undefined) this.#run(held, held.cause);
    }
    for (let next = this.jobs.claim(); next !== undefined; next = this.jobs.claim()) this.#start(next);
  }

  #start(cause: Task<J> | undefined): void {
    const machine = this.#park.start(this.now);
    machine.cause = cause;
    if (cause !== undefined) cause.claimant = machine;
    this.effects.push({ kind: 'start', machine: machine.id });
  }

  #run(machine: Machine<J>, next: Task<J>): void {
    if (next.claimant !== undefined) this.#unlink(next.claimant);
    this.jobs.begin(next, machine, this.now);
    if (machine.tasks.length === 0) {
      machine.lingerMs += this.now - machine.since;
      this.#lingered(machine);
      machine.state = 'running';
      machine.since = this.now;
    }
    machine.tasks.push(next);
    this.#park.filled(machine);
    this.effects.push({ kind: 'run', machine: machine.id, job: next.job, attempt: next.used + 1 });
  }

  /** The machine and its job part; the time goes to the given phase of the job. */
  #leave(machine: Machine<J>, task: Task<J>, phase: 'run' | 'lost'): void {
    this.jobs.leave(task, phase, this.now);
    if (machine.tasks.length === 1) machine.tasks.pop();
    else machine.tasks.splice(machine.tasks.indexOf(task), 1);
    if (machine.tasks.length > 0) {
      this.#park.filled(machine);
      return;
    }
    machine.runMs += this.now - machine.since;
    machine.since = this.now;
    machine.state = 'idle';
    machine.last = task;
  }

  /** What a machine does after its boot, and after each job. */
  #next(machine: Machine<J>): void {
    const { mode, jobsPerMachine } = this.#options;
    if (mode === 'fork') {
      this.#end(machine, 'stop');
      return;
    }
    while (machine.tasks.length < jobsPerMachine && this.jobs.running < this.slots && this.jobs.next !== undefined)
      this.#run(machine, this.jobs.next);
    if (machine.tasks.length > 0) return;
    if (this.#park.keeps()) this.#park.rest(machine, this.now);
    else this.#end(machine, 'park');
  }

  /** What a machine waited after a job belongs to that job. */
  #lingered(machine: Machine<J>): void {
    const { last } = machine;
    if (last === undefined) return;
    machine.last = undefined;
    const ms = this.now - machine.since;
    if (ms > 0) this.effects.push({ kind: 'lingered', job: last.job, ms });
  }

  #end(machine: Machine<J>, how: 'stop' | 'park' | 'boot' | 'died'): void {
    this.#lingered(machine);
    this.#unlink(machine);
    const as = how === 'stop' ? 'stopped' : how === 'park' ? 'parked' : 'failed';
    const life = this.#park.end(machine, as, this.now);
    if (how === 'boot') this.#park.tally.bootFailures++;
    if (how === 'died') this.#park.tally.deaths++;
    if (how === 'stop' || how === 'park') this.effects.push({ kind: 'stop', machine: machine.id, life });
    else this.effects.push({ kind: 'lost', machine: machine.id, why: how, life });
  }

  #unlink(machine: Machine<J>): void {
    if (machine.cause !== undefined) machine.cause.claimant = undefined;
    machine.cause = undefined;
  }
}
