import type { Epoch } from './clock.js';

/** What a thread, process or simulated machine needs to open the handler: plain data. */
export interface HostSpec {
  /** Module to import in the other thread or process; it exports `openHost(spec, name)`. A file URL. */
  readonly module: string;
  readonly epoch: Epoch;
  /** Where event logs go. */
  readonly logDir: string;
  /** `durable`: each event is written as it happens, to survive kill -9. */
  readonly log?: 'memory' | 'durable';
  /** `digest`: what each job carried is noted beside the event log, for cases that look whether it is what was enqueued. */
  readonly payloads?: 'digest';
  /** Prefix of this host's log files. */
  readonly name: string;
  /** Iterations of the calibrated loop that take about one millisecond. */
  readonly spinsPerMs: number;
  /** The application's own SQLite file, for work of kind `sqlite`. */
  readonly appDb: string;
}
