import type { Backoff } from './backoff.js';
import type { Work } from './job.js';
import type { Placement } from './traits.js';

/** How arrivals are spread over time. diurnal: Poisson, with a rate that has a valley and a peak a day. */
export type Arrivals = 'poisson' | 'constant' | 'diurnal';

/** How jobs arrive in a phase. */
export type Load =
  /**
   * As fast as `inFlight` concurrent calls allow, `jobs` in all (or until `maxMs`). `batch` > 1 uses the bulk path. Where
   * they are over before `least.ms`, more follow until then, up to `least.mostJobs` in all.
   */
  | {
      readonly kind: 'count';
      readonly jobs: number;
      readonly inFlight: number;
      readonly batch: number;
      readonly maxMs: number;
      readonly least?: { readonly ms: number; readonly mostJobs: number };
    }
  /** Closed: keeps the backend busy for `durationMs` with a bounded backlog, about 0.2 s of work. */
  | { readonly kind: 'saturate'; readonly durationMs: number; readonly inFlight: number; readonly batch: number }
  /** Single calls, one after another, timed by tinybench: `enqueueAt` and `enqueueMany` only where traits allow. */
  | {
      readonly kind: 'calls';
      readonly call: 'enqueue' | 'enqueueAt' | 'enqueueMany';
      readonly durationMs: number;
      readonly batch: number;
    }
  /** Open: arrivals at a fixed rate whatever the backend does. With `aheadMs`, each is scheduled so far ahead by `enqueueAt`. */
  | {
      readonly kind: 'open';
      readonly arrivals: Arrivals;
      readonly ratePerS: number;
      readonly durationMs: number;
      readonly aheadMs?: number;
    }
  /** Open: arrivals at given instants, ms from the start of the phase, ascending; of one producer. */
  | {
      readonly kind: 'listed';
      readonly atMs: ArrayLike<number>;
      /** How long each job takes, in place of the work. */
      readonly runMs?: ArrayLike<number>;
      /** Name of each queue, and which one each job goes to. In virtual time only. */
      readonly queues?: { readonly names: readonly string[]; readonly of: Uint16Array };
      readonly durationMs: number;
    };

/** How requests reach the web server in a phase. */
export interface WebLoad {
  readonly arrivals: 'poisson' | 'constant' | 'closed';
  /** Requests per second; with `closed`, the number of connections kept busy. */
  readonly rate: number;
  readonly durationMs: number;
}

/** What the web server does for a request. */
export interface WebSpec {
  readonly cpuMs: number;
  readonly waitMs: number;
  /** Each request reads and writes an SQLite file: the application's own, or the one that holds the queue. */
  readonly db: 'off' | 'app' | 'queue';
}

/** What the jobs of a phase are, where they differ from those of the layout. */
export interface JobKind {
  readonly work?: Work;
  /** How long a job waits (work `io`), drawn for each: a distribution as text. */
  readonly takes?: string;
  /** As of a job. Only where traits say `priorities`. */
  readonly priority?: number;
  /** As of a job. Only where traits say `backoff`. */
  readonly backoff?: Backoff;
  /** Each job has the key of the event that it delivers. Only where traits say `unique`. */
  readonly deliveries?: Deliveries;
}

/** Events of which some are delivered twice, and which overtake each other on their way, as webhooks do. */
export interface Deliveries {
  /** Share of the events that are delivered twice. */
  readonly twice: number;
  /** Deliveries in a row whose order is random: an event and its second delivery are at most so far apart. */
  readonly shuffled: number;
  /** How long an event takes to have its effect, and what becomes of one that it had before. */
  readonly effect: { readonly ms: number; readonly sink: 'idempotent' | 'naive' };
}

/** Harm done to a process in the middle of a phase. Only where roles have processes of their own. */
export interface Fault {
  /**
   * kill: SIGKILL, and started again after `forMs`. freeze: SIGSTOP, SIGCONT after `forMs`. stop: asked to stop as by a
   * deployment, finishing what runs, and started again after `forMs`.
   */
  readonly kind: 'kill' | 'freeze' | 'stop';
  readonly role: 'worker' | 'producer';
  readonly ordinal: number;
  /** From the start of the phase. */
  readonly atMs: number;
  /** Later than that by a random part of so much, which the seed of the trial decides. */
  readonly withinMs?: number;
  readonly forMs: number;
}

/** A stretch of a trial. Phases run one after another in the same processes. */
export interface Phase {
  readonly name: string;
  readonly workers: 'on' | 'off';
  readonly jobs?: Load;
  readonly job?: JobKind;
  readonly web?: WebLoad;
  readonly faults?: readonly Fault[];
  /** Nothing is asked of anybody for so long; then the phase is over. Only without jobs and requests. */
  readonly restMs?: number;
  /** produced: everything has been sent and answered. settled: and every accepted job has settled. */
  readonly until: 'produced' | 'settled';
}

/** Who does what in a trial, before it is known which processes an adapter's topology allows. */
export interface Layout {
  readonly producers: number;
  readonly workers: number;
  /** Jobs at once per worker. */
  readonly concurrency: number;
  readonly work: Work;
  readonly payloadBytes: number;
  /** Total tries per job. */
  readonly attempts: number;
  /** With a web server: jobs are enqueued by it, and run where `placement` says. */
  readonly web?: WebSpec & { readonly placement: Placement };
  readonly phases: readonly Phase[];
  /** What jobs and web requests share. In virtual time only. */
  readonly database?: DatabaseSpec;
}

/** A database with a limited number of connections, and the web requests that need them too. */
export interface DatabaseSpec {
  readonly connections: number;
  /** That each machine opens when it is up, and holds until it stops. */
  readonly perMachine: number;
  readonly webPerS: number;
  /** How long a web request holds its connection. */
  readonly webHoldsMs: number;
  /** Who has waited so long for a connection gives up. */
  readonly timeoutMs: number;
}
