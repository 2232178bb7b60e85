import type { Distribution } from '../core/distribution.js';

/**
 * provisioning: the platform's API was asked. booting: the virtual machine comes up. appBooting: the application
 * loads. resuming: in place of both, where its memory was kept. running: at least one job. lingering: warm, without
 * work, until its wait is over. idle: the same without an end. stopped, suspended and failed end its life.
 */
export type MachineState =
  | 'provisioning'
  | 'booting'
  | 'appBooting'
  | 'resuming'
  | 'idle'
  | 'running'
  | 'lingering'
  | 'stopped'
  | 'suspended'
  | 'failed';

/** All times of a fleet are milliseconds on whatever clock its events carry: real, scaled or virtual. */
export interface FleetOptions {
  /** queue: machines drain one queue and stay warm. fork: one machine per job, fire and forget, without a limit. */
  readonly mode: 'queue' | 'fork';
  readonly apiDelay: Distribution;
  readonly boot: Distribution;
  readonly appBoot: Distribution;
  /** In place of both, for a machine that was suspended. */
  readonly resume: Distribution;
  /** Requests for machines that the platform lets through a second, and at once after a pause; Infinity = no limit. */
  readonly apiPerS: number;
  readonly apiBurst: number;
  /** Share of machines that come to nothing at the end of `boot`. */
  readonly bootFailure: number;
  /** How long a machine is up until it dies, with whatever it runs; Infinity = it does not. */
  readonly lifetime: Distribution;
  /** How long a machine without work stays warm; Infinity = until the fleet is shut down. */
  readonly waitMs: number;
  /** Machines at once, in whatever state. Not in fork mode. */
  readonly maxMachines: number;
  /** Machines that are up from the begin and never stop for want of work. Not in fork mode. */
  readonly minWarm: number;
  /** Jobs at once on one machine; 1 in fork mode. */
  readonly jobsPerMachine: number;
  /** What becomes of a machine whose wait is over: nothing is left, it can be started again, or it can be resumed. */
  readonly park: 'destroy' | 'stop' | 'suspend';
  /** How often a job may lose its machine before it fails, where the job does not say. Always 1 in fork mode. */
  readonly attempts: number;
  /** real: a machine also needs a `bodyUp` before it is ready. none: nothing but the clock. */
  readonly bodies: 'real' | 'none';
}

/** What one queue has of its own; the rest is as everywhere. */
export type QueueLimits = Partial<Pick<FleetOptions, 'maxMachines' | 'waitMs'>>;

/** Where the time of a job went, from its arrival to its end, summed over its attempts. Adds up to the whole. */
export interface Phases {
  /** Waiting for a machine that was not starting on its behalf, or was busy. */
  queue: number;
  /** Waiting while the machine that took it was being provisioned, booted, and booted its application. */
  provision: number;
  boot: number;
  appBoot: number;
  /** The same, while it was being resumed. */
  resume: number;
  /** In the attempt that ended it. */
  run: number;
  /** In attempts that failed before. */
  lost: number;
  /** Whether any attempt waited for a machine to boot, and whether any waited for one to be resumed. */
  cold: boolean;
  resumed: boolean;
}

/** The life of a machine. Paid from the end of provisioning to the end, as platforms bill started machines. */
export interface Life {
  readonly provisionMs: number;
  readonly bootMs: number;
  readonly appBootMs: number;
  readonly resumeMs: number;
  /** With at least one job. */
  readonly runMs: number;
  readonly lingerMs: number;
  readonly paidMs: number;
}

/** What must be done now that the fleet has decided it. */
export type Effect<J> =
  | { readonly kind: 'start'; readonly machine: number }
  | { readonly kind: 'run'; readonly machine: number; readonly job: J; readonly attempt: number }
  | { readonly kind: 'stop'; readonly machine: number; readonly life: Life }
  | { readonly kind: 'lost'; readonly machine: number; readonly why: 'boot' | 'died'; readonly life: Life }
  | { readonly kind: 'completed'; readonly job: J; readonly phases: Readonly<Phases> }
  /** A machine took the next job, or stopped, so long after this one, which was its last until then. */
  | { readonly kind: 'lingered'; readonly job: J; readonly ms: number }
  /** An attempt is used up and another will follow. `boot`: it never ran. */
  | { readonly kind: 'retrying'; readonly job: J; readonly why: Loss }
  /** The last attempt is used up: the job is dead. */
  | { readonly kind: 'dead'; readonly job: J; readonly why: Loss; readonly phases: Readonly<Phases> };

/** boot: the machine started for it failed. died: the machine failed while running it. failed: the job itself did. */
export type Loss = 'boot' | 'died' | 'failed';

/** Sums over the whole life of the fleet, machines that still live included. */
export interface Totals extends Life {
  readonly completed: number;
  readonly cold: number;
  /** Jobs that waited for a machine to be resumed, and for none to boot. */
  readonly resumed: number;
  readonly dead: number;
  readonly retried: number;
  readonly machines: number;
  readonly peakMachines: number;
  readonly bootFailures: number;
  readonly deaths: number;
  /** Real bodies that were gone before they had a job. */
  readonly crashes: number;
  /** Machines whose real body took longer to start than the simulated boot, and by how much together. */
  readonly overruns: number;
  readonly overrunMs: number;
  /** Time that machines stood stopped or suspended, to be started again. */
  readonly parkedMs: number;
}
