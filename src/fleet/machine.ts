import type { Task } from './task.js';
import type { FleetOptions, Life, MachineState } from './types.js';

/** One machine from its start to its stop, as the fleet keeps it. A machine that is started again has another life. */
export interface Machine<J> {
  readonly id: number;
  readonly startedAt: number;
  /** boot: from nothing. resume: from the memory of one that was suspended. */
  readonly way: 'boot' | 'resume';
  /** Until its boot begins: its place in the line of the API, and what the API takes. */
  readonly apiMs: number;
  /** Or how long it takes to resume. */
  readonly bootMs: number;
  readonly appBootMs: number;
  readonly bootFails: boolean;
  /** How long it is up until it dies; Infinity = it does not. */
  readonly lifetimeMs: number;
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
  readonly tasks: Task<J>[];
  /** The job that it ran last, while it has had no other since. */
  last: Task<J> | undefined;
  /** Stands in the line of those that run and have room for more. */
  inRoomLine: boolean;
}

/** Draws a machine. Always four numbers, so that machine k is the same machine whatever the options are. */
export function draw<J>(
  { id, at, waitsMs, way }: { id: number; at: number; waitsMs: number; way: 'boot' | 'resume' },
  o: FleetOptions,
  random: () => number,
): Machine<J> {
  const [api, boot, appBoot, luck] = [random(), random(), random(), random()];
  const cold = way === 'boot';
  const failing = cold ? o.bootFailure : 0;
  const fails = luck < failing;
  return {
    id,
    startedAt: at,
    way,
    apiMs: waitsMs + o.apiDelay.quantile(api),
    bootMs: (cold ? o.boot : o.resume).quantile(boot),
    appBootMs: cold ? o.appBoot.quantile(appBoot) : 0,
    bootFails: fails,
    // Of those that come up, what is left of their luck is uniform again: a fifth number would make others of them all.
    lifetimeMs: fails ? Number.POSITIVE_INFINITY : o.lifetime.quantile((luck - failing) / (1 - failing)),
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
    tasks: [],
    last: undefined,
    inRoomLine: false,
  };
}

/** The life of a machine that ends now, or has come so far. */
export function lifeOf<J>(machine: Machine<J>, end: number): Life {
  const until = (mark: number) => (Number.isNaN(mark) ? end : mark);
  const [boot, appBoot, ready] = [until(machine.bootAt), until(machine.appBootAt), until(machine.readyAt)];
  const cold = machine.way === 'boot';
  return {
    provisionMs: boot - machine.startedAt,
    bootMs: cold ? appBoot - boot : 0,
    appBootMs: cold ? ready - appBoot : 0,
    resumeMs: cold ? 0 : ready - boot,
    runMs: machine.runMs + (machine.state === 'running' ? end - machine.since : 0),
    lingerMs: machine.lingerMs + (free(machine) ? end - machine.since : 0),
    paidMs: end - boot,
  };
}

/** @returns whether the machine has neither come up nor failed yet */
export function starting<J>({ state }: Machine<J>): boolean {
  return state === 'provisioning' || state === 'booting' || state === 'appBooting' || state === 'resuming';
}

/** @returns whether the machine is up and has nothing to do */
export function free<J>({ state }: Machine<J>): boolean {
  return state === 'idle' || state === 'lingering';
}
