import type { z } from 'zod';
import type { RunMs, WallMs } from './clock.js';
import type { HostSpec } from './host.js';
import type { Job, Outcome } from './job.js';
import type { MetricInfo } from './metric.js';
import type { Observation } from './observation.js';
import type { Address, Options, Settings } from './settings.js';
import type { Timeline } from './timeline.js';
import type { Traits } from './traits.js';
import type { VirtualDay, VirtualLoad } from './virtual.js';

export type { Address, Options, Settings } from './settings.js';

/** Why an adapter cannot run here, and what to do about it. */
export interface Remedy {
  readonly reason: string;
  readonly remedy: string;
}

/** A folder of the trial's own, removed afterwards, and a name that no other run uses. */
export interface Scratch {
  readonly dir: string;
  /** `jobbench:<run>:<trial>`: prefix for everything made outside the folder. */
  readonly name: string;
  /** Hosts that are not loopback may be used only when the user said so. */
  readonly allowRemote: boolean;
}

/** A backend that can carry jobs. One file in src/adapters/ (or outside) exports one of these as default. */
export interface Adapter<O = Options> {
  readonly summary: string;
  readonly traits: Traits;
  /** npm packages it needs, imported lazily by `connect`; their versions are recorded. */
  readonly packages?: readonly string[];
  /** Defaults, choices and a sentence each. `--set sqlite.synchronous=full` */
  readonly options?: z.ZodObject;
  /** Left out unless asked for: it answers a question beside the choice of a backend. */
  readonly byDefault?: false;
  /** The suite's own floor: not a choice to compare, left out unless asked for. */
  readonly reference?: boolean;
  /** Metrics of its own beside the scenario's, by `measure`. */
  readonly metrics?: Readonly<Record<string, MetricInfo>>;
  /** Sentences that must stand beside its numbers. */
  notes?(options: O, time: 'real' | 'virtual'): readonly string[];
  /** With the trait `weights`: options by which a worker serves these queues, each by its weight. Pure. */
  weighted?(options: O, weights: Readonly<Record<string, number>>): O;
  /** Where an option changes the promise. */
  traitsFor?(options: O): Traits;
  /** Resolves to why it cannot run on this machine, or undefined. Changes nothing. */
  unavailable?(options: O, allowed?: { readonly allowRemote: boolean }): Promise<Remedy | undefined>;
  /** Once per trial, in the coordinator: an empty queue. */
  create(options: O, scratch: Scratch): Promise<Address>;
  /** Once per process. Must not change what is queued. */
  connect(address: Address, options: O): Promise<Session>;
  /** Once per trial, in the coordinator: leaves nothing behind. */
  destroy?(address: Address): Promise<void>;
  /** What `verify` may do to the place that `create` made. In the process that made it; absent where it can do nothing. */
  harms?(address: Address): Harms;
  /** Its own metrics from the timeline and what its sessions observed. Pure. */
  measure?(timeline: Timeline, options: O): Readonly<Record<string, number>>;
  /**
   * What would become of a load, in virtual time: no clock, no process, the same answer for the same seed. Absent where a
   * backend is no model of itself.
   * @param pause awaited now and then, so that a signal is heard; rejects when the user asked to stop
   */
  simulate?(load: VirtualLoad, options: O, pause: () => Promise<void>): Promise<VirtualDay>;
}

/** Harm to the place of a queue, of which only the adapter knows how it is done. */
export interface Harms {
  /** The server, where the adapter started it itself. Nobody else's is ever touched. */
  readonly server?: OwnServer;
  /** Lets the place be full, for sessions that connect to the returned address; `heal` makes room again, for them too. */
  fill?(): Promise<{ readonly address: Address; heal(): Promise<void> }>;
  /** Makes the place one that the adapter must refuse to use. Resolves to what it says of it; undefined = it would use it. */
  spoil?(): Promise<Remedy | undefined>;
  /** Names of what sessions put on a server of the place's own without its prefix: on a server of others it would stay. */
  strays?(): Promise<readonly string[]>;
  /** After `destroy`: names of what it left on a server of others. */
  leftovers?(): Promise<readonly string[]>;
}

/** A server that an adapter started. */
export interface OwnServer {
  pid(): number;
  /** Starts it again after it was killed: at the same place, on the data that it left. */
  restart(): Promise<void>;
  /** The unix socket where it listens. */
  readonly socket: string;
  /** The same queue by way of a port of this machine that leads to the socket. */
  through(port: number): Address;
}

/** One process's connection to one queue. The three verbs that every backend has in common. */
export interface Session {
  /** Resolves when accepted with the durability that the traits promise. */
  enqueue(job: Job): Promise<unknown>;
  /** Must not start before `at`. Absent or refusing where traits say `schedules: false`. */
  enqueueAt?(job: Job, at: WallMs): Promise<unknown>;
  /** Executes until `runner.signal` aborts; resolves when jobs in flight have settled. May be called again after that. */
  run(runner: Runner): Promise<void>;
  /**
   * After `run`, where that starts something of its own that takes a while, a pool of threads for example: resolves when it stands,
   * or when there is nothing to wait for any more. No phase begins before. Absent where `run` takes jobs at once, and where
   * starting is a part of what a job costs, as a machine's boot is.
   * @throws JobbenchError TIMEOUT after `withinMs`, with how far it came and what to do
   */
  ready?(withinMs: number): Promise<void>;
  /** The backend's own bulk path. Used only where a scenario says so. */
  enqueueMany?(jobs: readonly Job[]): Promise<unknown>;
  /**
   * Settings as this session's connection has them, and versions of servers: flat. This and what follows is asked once before
   * anything is measured, too; an answer of another type fails the cell then.
   */
  effective?(): Promise<Settings>;
  /** Jobs not yet settled: waiting, scheduled or claimed. */
  depth?(): Promise<number>;
  /** Jobs that were given up after their last attempt, where the backend keeps them for a look. */
  dead?(): Promise<number>;
  /** What its backend was asked so far, where that is counted: what it costs to find out that there is nothing to do. */
  queries?(): Promise<Asked | undefined>;
  /** What the backend saw of itself, for `Adapter.measure`. Called once, after the last run. */
  observe?(): Observation;
  close(): Promise<void>;
}

/** Commands of a server, statements of a database: only the difference of two readings means anything. */
export interface Asked {
  readonly count: number;
  /** `everybody`: a server which is ours alone counts, its own looks left out. `this session`: others ask as well. */
  readonly by: 'everybody' | 'this session';
}

/** What the harness hands to `run`. */
export interface Runner {
  /** At most so many jobs at once in this session. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /**
   * Executes a job on this event loop. Throws or rejects with what the job throws.
   * @param attempt counts from 1; adapters without retries leave it out
   */
  handle(job: Job, attempt?: number): void | Promise<void>;
  /** For adapters with threads or processes of their own: data for `openHost` there. */
  readonly host: HostSpec;
  /** Call once per execution, after the backend has been told its outcome. */
  settled(index: number, outcome: Outcome): void;
}

/** Marks a function's instants as run time in signatures of adapters that stamp phases of their own. */
export type RunInstant = RunMs;
