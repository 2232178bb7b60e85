import type { Address } from '../core/adapter.js';
import type { Epoch } from '../core/clock.js';
import type { Work } from '../core/job.js';
import type { ProcessPlan } from '../core/plan.js';
import type { Role } from '../engine/place.js';
import { planFor } from '../engine/plans.js';
import type { Context } from './case.js';
import { plainLayout } from './trials.js';

/** Who takes part. */
export interface Cast {
  readonly producers?: number;
  readonly workers: number;
  readonly concurrency?: number;
  /** What jobs of producer processes do, and those of this one where nothing else is said. */
  readonly work: Work;
  /** How wrong the wall clock of each worker is, in ms. */
  readonly clockOffMs?: readonly number[];
  /** Another way to the same queue, for the processes and this one. */
  reach?(address: Address): Address | Promise<Address>;
}

/** Where the processes are. */
export interface Folders {
  readonly dir: string;
  readonly store: string;
  readonly logDir: string;
}

/** A plan for each process: `producer-0`, `worker-1`. */
export function plansOf(context: Context, cast: Cast, address: Address, epoch: Epoch, folders: Folders): ProcessPlan[] {
  const { producers = 0, workers, concurrency = plainLayout.concurrency, work, clockOffMs = [] } = cast;
  const layout = { ...plainLayout, producers, workers, concurrency, work };
  const request = { ...context, name: folders.dir, layout, keep: false };
  const roles: Role[] = [
    ...Array.from({ length: producers }, (_, ordinal) => ({
      name: `producer-${ordinal}`,
      producer: { ordinal, producers },
      threads: [],
    })),
    ...Array.from({ length: workers }, (_, n) => ({ name: workerName(n), worker: { concurrency }, threads: [] })),
  ];
  return roles.map((role) => {
    const off = role.worker === undefined ? undefined : clockOffMs[Number(role.name.slice('worker-'.length))];
    const plan = planFor(role, request, address, epoch, folders);
    // What may be killed must leave its witness behind.
    return { ...plan, log: 'durable', onSigterm: 'stop', ...(off !== undefined && off !== 0 && { clockOffMs: off }) };
  });
}

export function workerName(n: number): `worker-${number}` {
  return `worker-${n}`;
}
