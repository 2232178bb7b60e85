import { join } from 'node:path';
import type { Address } from '../core/adapter.js';
import type { Epoch } from '../core/clock.js';
import type { ProcessPlan } from '../core/plan.js';
import type { Role } from './place.js';
import type { Folders, TrialRequest } from './trialrequest.js';

/** A role with everything filled in. */
export function planFor(
  role: Role,
  request: TrialRequest,
  address: Address,
  epoch: Epoch,
  folders: Folders,
): ProcessPlan {
  const { layout } = request;
  const socket = join(folders.dir, 'web.sock');
  const slots = layout.concurrency * layout.workers;
  const jobs = { work: layout.work, payloadBytes: layout.payloadBytes, attempts: layout.attempts, queue: 'default' };
  return {
    name: role.name,
    adapter: request.ref,
    address,
    epoch,
    seed: request.seed,
    logDir: folders.logDir,
    // What is to be killed must leave its witness behind.
    ...(layout.phases.some(({ faults = [] }) => faults.length > 0) && { log: 'durable' as const }),
    appDb: join(folders.store, 'app.sqlite3'),
    spinsPerMs: request.spinsPerMs,
    ...(role.producer && { producer: { ...role.producer, slots, jobs } }),
    ...(role.worker && { worker: role.worker }),
    ...(role.web && layout.web && { web: { ...layout.web, socket } }),
    ...(role.load && { load: { socket } }),
    threads: role.threads.map((thread) => planFor(thread, request, address, epoch, folders)),
  };
}
