import { Backlog } from './backlog.js';
import { type Machine, starting } from './machine.js';
import type { Park } from './park.js';
import { bookWait, type Task, task } from './task.js';
import type { Effect, FleetOptions, Loss } from './types.js';

/** The decisions: which machine starts, which job runs where, and what becomes of both when something fails. */
export class Dispatch<J> {
  effects: Effect<J>[] = [];
  now = Number.NEGATIVE_INFINITY;
  /** Jobs at once; 0 = paused. */
  slots = 0;
  running = 0;
  open = 0;
  #starting = 0;
  readonly #backlog = new Backlog<J>();
  readonly #options: FleetOptions;
  readonly #park: Park<J>;

  constructor(options: FleetOptions, park: Park<J>) {
    this.#options = options;
    this.#park = park;
  }

  arrive(job: J, limit: number | undefined): void {
    this.open++;
    this.#backlog.add(task(job, this.now, limit), 'back');
    this.pump();
  }

  /** From now on so many jobs at once. */
  resume(slots: number): void {
    this.slots = slots;
    this.#keepWarm();
    this.pump();
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
    this.#starting--;
    this.#park.ready(machine, this.now);
    if (this.#options.mode === 'fork') {
      if (cause !== undefined && this.slots > 0) this.#run(machine, cause);
      else this.#park.rest(machine, this.now); // held until the pause is over
      return;
    }
    this.#unlink(machine);
    if (cause !== undefined) this.#backlog.release(cause);
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
    this.open--;
    this.#park.tally.completed++;
    if (done.phases.cold) this.#park.tally.cold++;
    else if (done.phases.resumed) this.#park.tally.resumed++;
    this.effects.push({ kind: 'completed', job: done.job, phases: done.phases });
    this.#next(machine);
    this.pump();
  }

  failed(machine: Machine<J>, tried: Task<J>): void {
    this.#leave(machine, tried, 'lost');
    this.#charge(tried, 'failed');
    this.#next(machine);
    this.pump();
  }

  /** A machine is gone. */
  lost(machine: Machine<J>): void {
    const { cause } = machine;
    const victims = [...machine.tasks];
    const unborn = starting(machine);
    for (const victim of victims) this.#leave(machine, victim, 'lost');
    const { startedAt } = machine;
    this.#end(machine, unborn ? 'boot' : 'died');
    for (const victim of victims) this.#charge(victim, 'died');
    if (cause !== undefined) {
      if (this.slots > 0) this.#charge(cause, 'boot');
      else this.#backlog.release(cause); // while nobody is waiting for its end, a boot that fails costs it nothing
    }
    // One that failed at the instant of its start is not replaced at that instant: it would go on for ever.
    if (this.now > startedAt) this.#keepWarm();
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
    for (const task of interrupted) this.#again(task, 'front');
    if (cause !== undefined) this.#backlog.release(cause);
  }

  #pumpQueue(): void {
    while (this.#backlog.first !== undefined && this.running < this.slots) {
      const machine = this.#park.roomy() ?? this.#park.warm();
      if (machine === undefined) break;
      this.#run(machine, this.#backlog.first);
    }
    const most = Math.min(this.#options.maxMachines, this.slots);
    const { jobsPerMachine } = this.#options;
    while (this.#starting * jobsPerMachine < this.#backlog.size && this.#park.size < most) {
      const cause = this.#backlog.claim();
      if (cause === undefined) break;
      this.#start(cause);
    }
  }

  #pumpForks(): void {
    for (let held = this.#park.warm(); held !== undefined; held = this.#park.warm()) {
      if (held.cause !== undefined) this.#run(held, held.cause);
    }
    for (let next = this.#backlog.claim(); next !== undefined; next = this.#backlog.claim()) this.#start(next);
  }

  /** So many are up, or are coming up. */
  #keepWarm(): void {
    const { mode, minWarm, maxMachines } = this.#options;
    if (mode === 'fork' || this.slots === 0) return;
    while (this.#park.size < Math.min(minWarm, maxMachines, this.slots)) this.#start(undefined);
  }

  #start(cause: Task<J> | undefined): void {
    const machine = this.#park.start(this.now);
    this.#starting++;
    machine.cause = cause;
    if (cause !== undefined) cause.claimant = machine;
    this.effects.push({ kind: 'start', machine: machine.id });
  }

  #run(machine: Machine<J>, next: Task<J>): void {
    if (next.claimant !== undefined) this.#unlink(next.claimant);
    this.#backlog.remove(next, 'running');
    bookWait(next, machine, this.now);
    if (machine.tasks.length === 0) {
      machine.lingerMs += this.now - machine.since;
      this.#lingered(machine);
      machine.state = 'running';
      machine.since = this.now;
    }
    next.since = this.now;
    machine.tasks.push(next);
    this.#park.filled(machine);
    this.running++;
    this.effects.push({ kind: 'run', machine: machine.id, job: next.job, attempt: next.used + 1 });
  }

  /** The machine and its job part; the time goes to the given phase of the job. */
  #leave(machine: Machine<J>, task: Task<J>, phase: 'run' | 'lost'): void {
    task.phases[phase] += this.now - task.since;
    task.state = 'over';
    this.running--;
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
    while (machine.tasks.length < jobsPerMachine && this.running < this.slots && this.#backlog.first !== undefined)
      this.#run(machine, this.#backlog.first);
    if (machine.tasks.length > 0) return;
    if (this.#park.keeps()) this.#park.rest(machine, this.now);
    else this.#end(machine, 'park');
  }

  /** An attempt is used up: another, or the end. */
  #charge(task: Task<J>, why: Loss): void {
    task.used++;
    const most = task.limit ?? (why === 'failed' ? 1 : this.#options.attempts);
    if (this.#options.mode === 'queue' && task.used < most) {
      this.#park.tally.retried++;
      this.effects.push({ kind: 'retrying', job: task.job, why });
      if (why === 'boot') this.#backlog.release(task);
      else this.#again(task, why === 'died' ? 'front' : 'back');
      return;
    }
    if (why === 'boot') {
      task.phases.queue += this.now - task.since;
      this.#backlog.remove(task, 'over');
    }
    this.open--;
    this.#park.tally.dead++;
    this.effects.push({ kind: 'dead', job: task.job, why, phases: task.phases });
  }

  #again(task: Task<J>, where: 'front' | 'back'): void {
    task.since = this.now;
    this.#backlog.add(task, where);
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
    if (starting(machine)) this.#starting--;
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
