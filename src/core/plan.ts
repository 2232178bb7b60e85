import type { Address, Options } from './adapter.js';
import type { Epoch } from './clock.js';
import type { Work } from './job.js';
import type { WebSpec } from './layout.js';

/** Which adapter, wherever its file is. */
export interface AdapterRef {
  readonly name: string;
  /** File URL or package name, for `import()`. */
  readonly module: string;
  /** What tells two states of its code apart, where it does not come with jobbench. */
  readonly source?: string;
  readonly options: Options;
}

/** All that a process of a trial needs. Written as JSON, so any role can be started again by hand. */
export interface ProcessPlan {
  readonly name: string;
  readonly adapter: AdapterRef;
  readonly address: Address;
  readonly epoch: Epoch;
  readonly seed: number;
  readonly logDir: string;
  /** As of a host. */
  readonly log?: 'memory' | 'durable';
  /** SIGTERM lets it finish what runs and take nothing new, as a worker that is deployed anew; else it is the end. */
  readonly onSigterm?: 'stop';
  /** How often this role was started again after a fault; part of the names of its logs. */
  readonly life?: number;
  /** How wrong the wall clock of this process is, on purpose. */
  readonly clockOffMs?: number;
  readonly appDb: string;
  readonly spinsPerMs: number;
  /** Enqueues jobs: indices `ordinal + k * producers`. All workers together execute `slots` at once. */
  readonly producer?: {
    readonly ordinal: number;
    readonly producers: number;
    readonly slots?: number;
    readonly jobs: JobPlan;
  };
  readonly worker?: { readonly concurrency: number };
  readonly web?: WebSpec & { readonly socket: string };
  readonly load?: { readonly socket: string };
  /** Roles that run in threads of this process, each with an event loop of its own. */
  readonly threads: readonly ProcessPlan[];
}

/** How the jobs of a trial look. */
export interface JobPlan {
  readonly work: Work;
  readonly payloadBytes: number;
  readonly attempts: number;
  readonly queue: string;
}

/** What the log files of a role are called by: each of its lives has its own. */
export function logName({ name, life = 0 }: Pick<ProcessPlan, 'name' | 'life'>): string {
  return life === 0 ? name : `${name}~${life}`;
}
