/** What an adapter or scenario from outside may want to import: types, and the two helpers that adapters share. */
export type * from './adapter.js';
export { type Backoff, retryAt } from './backoff.js';
export type { Epoch, RunMs, WallMs } from './clock.js';
export { JobbenchError, unsupported } from './errors.js';
export type { HostSpec } from './host.js';
export type { Job, Outcome, Work } from './job.js';
export type { MetricInfo } from './metric.js';
export type { Observation } from './observation.js';
export type { ResultFile } from './result.js';
export type { Timeline } from './timeline.js';
export { assertSupported, LEAST_URGENT, type Placement, type Traits } from './traits.js';
