import { parseDistribution, type ReadText } from '../core/distribution.js';
import { parseLifetime } from './lifetime.js';
import { FEW_MACHINES, type VmOptions } from './options.js';
import { parseQueues } from './queuelimits.js';
import type { FleetOptions, QueueLimits } from './types.js';
import { waitMs } from './wait.js';

/*
 * What the options that were chosen come to, for those who run, pay for and describe the machines.
 */

/** For the state machine: times in milliseconds, `Infinity` where there is no limit. @throws Error when a file of measured values is not there any more */
export function fleetOptions(o: VmOptions, read: ReadText): FleetOptions {
  return {
    mode: o.mode,
    apiDelay: parseDistribution(o.apiDelay, read),
    boot: parseDistribution(o.boot, read),
    appBoot: parseDistribution(o.appBoot, read),
    resume: parseDistribution(o.resume, read),
    apiPerS: o.apiRate === 0 ? Number.POSITIVE_INFINITY : o.apiRate,
    apiBurst: o.apiBurst,
    bootFailure: o.bootFailure,
    lifetime: parseLifetime(o.lifetime, read),
    waitMs: waitMs(o.wait),
    maxMachines: o.maxMachines,
    minWarm: o.minWarm,
    jobsPerMachine: o.mode === 'fork' ? 1 : o.jobsPerMachine,
    park: o.park,
    attempts: o.attempts,
    bodies: 'real',
  };
}

/** The queues that have machines of their own. */
export function queuesOf(o: VmOptions): ReadonlyMap<string, QueueLimits> {
  return o.mode === 'fork' ? new Map() : parseQueues(o.queues);
}

/** USD per second of a machine that stands still, to be started again. */
export function parkedPrice({ park, priceStopped, priceSuspended }: VmOptions): number {
  return park === 'suspend' ? priceSuspended : priceStopped;
}

/** Whether machines get a process of their own. */
export function bodyOf({ mode, body, maxMachines }: VmOptions): 'process' | 'shared' {
  if (body !== 'auto') return body;
  return mode === 'queue' && maxMachines <= FEW_MACHINES ? 'process' : 'shared';
}
