import type { Machine } from './machine.js';
import type { Phases } from './types.js';

/** One job, as the fleet keeps it. */
export interface Task<J> {
  readonly job: J;
  /** How often it may be tried in all, where the job says so. */
  readonly limit: number | undefined;
  /** From its first attempt on: without them a job that waits is a third less for the garbage collector to copy. */
  phases: Phases | undefined;
  state: 'waiting' | 'running' | 'over';
  /** When it last began to wait, or to run. */
  since: number;
  /** Attempts used up. */
  used: number;
  /** The machine that is starting on its behalf. */
  claimant: Machine<J> | undefined;
}

export function task<J>(job: J, at: number, limit: number | undefined): Task<J> {
  return { job, limit, phases: undefined, state: 'waiting', since: at, used: 0, claimant: undefined };
}

/** What its time was spent on so far. */
export function phasesOf<J>(of: Task<J>): Phases {
  of.phases ??= {
    queue: 0,
    provision: 0,
    boot: 0,
    appBoot: 0,
    resume: 0,
    run: 0,
    lost: 0,
    cold: false,
    resumed: false,
  };
  return of.phases;
}

/** Books the time that a job has waited, now that a machine takes it, to the phases of that machine. */
export function bookWait<J>(taken: Task<J>, machine: Machine<J>, at: number): void {
  const { since } = taken;
  const phases = phasesOf(taken);
  const waited = at - since;
  if (machine.readyAt <= since) {
    phases.queue += waited; // warm: the machine was up when the job came
    return;
  }
  const provision = overlap(since, machine.startedAt, machine.bootAt);
  const boot = overlap(since, machine.bootAt, machine.appBootAt);
  const appBoot = overlap(since, machine.appBootAt, machine.readyAt);
  phases.provision += provision;
  phases.queue += waited - provision - boot - appBoot;
  if (machine.way === 'resume') {
    phases.resume += boot;
    phases.resumed = true;
    return;
  }
  phases.boot += boot;
  phases.appBoot += appBoot;
  phases.cold = true;
}

function overlap(since: number, from: number, to: number): number {
  return Math.max(0, to - Math.max(since, from));
}
