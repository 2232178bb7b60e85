import type { Task } from './task.js';
import type { FleetOptions, Life, MachineState } from './types.js';

/** One machine, as the fleet keeps it. */
export interface Machine<J> {
  readonly id: number;
  readonly startedAt: number;
  readonly apiMs: number;
  readonly bootMs: number;
  readonly appBootMs: number;
  readonly bootFails: boolean;
  state: MachineState;
  /** When it entered its state. */
  since: number;
  bootAt: number;
  appBootAt: number;
  readyAt: number;
  runMs: number;
  lingerMs: number;
  /** The real body is there, or none is needed. */
  bodyUp: boolean;
  /** The simulated boot was over at this time, and the body was not there. */
  overdueAt: number | undefined;
  /** The waiting job that it was started for, while that job still waits. */
  cause: Task<J> | undefined;
  task: Task<J> | undefined;
  /** The job that it ran last, while it has had no other since. */
  last: Task<J> | undefined;
}

/** Draws a machine. Always four numbers, so that machine k is the same machine whatever the options are. */
export function draw<J>(id: number, at: number, o: FleetOptions, random: () => number): Machine<J> {
  const [api, boot, appBoot, luck] = [random(), random(), random(), random()];
  return {
    id,
    startedAt: at,
    apiMs: o.apiDelay.quantile(api),
    bootMs: o.boot.quantile(boot),
    appBootMs: o.appBoot.quantile(appBoot),
    bootFails: luck < o.bootFailure,
    state: 'provisioning',
    since: at,
    bootAt: Number.NaN,
    appBootAt: Number.NaN,
    readyAt: Number.NaN,
    runMs: 0,
    lingerMs: 0,
    bodyUp: o.bodies === 'none',
    overdueAt: undefined,
    cause: undefined,
    task: undefined,
    last: undefined,
  };
}

/** The life of a machine that ends now, or has come so far. */
export function lifeOf<J>(machine: Machine<J>, end: number): Life {
  const until = (mark: number) => (Number.isNaN(mark) ? end : mark);
  const here = (state: MachineState) => (machine.state === state ? end - machine.since : 0);
  const [boot, appBoot, ready] = [until(machine.bootAt), until(machine.appBootAt), until(machine.readyAt)];
  return {
    provisionMs: boot - machine.startedAt,
    bootMs: appBoot - boot,
    appBootMs: ready - appBoot,
    runMs: machine.runMs + here('running'),
    lingerMs: machine.lingerMs + here('idle'),
    paidMs: end - boot,
  };
}

/** @returns whether the machine has neither come up nor failed yet */
export function starting<J>(machine: Machine<J>): boolean {
  return machine.state === 'provisioning' || machine.state === 'booting' || machine.state === 'appBooting';
}
