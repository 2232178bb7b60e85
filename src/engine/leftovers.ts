import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Address } from '../core/adapter.js';
import type { ProcessPlan } from '../core/plan.js';
import { hideValues, safeValues } from '../core/secrets.js';
import { within } from './deadline.js';

/** What is needed to remove a queue that lies outside the scratch folder, on a server of somebody else. */
export interface QueueNote {
  /** For `import()`. */
  readonly module: string;
  readonly address: Address;
}

const NOTE = 'queue.json';
const REMOVAL_MS = 5_000;

/**
 * Leaves word in a trial's folder of the queue that was made for it: whoever outlives the coordinator can remove it. From
 * then on nobody is shown the passwords in its address.
 */
export function noteQueue(dir: string, note: QueueNote): void {
  hideValues(note.address);
  writeFileSync(join(dir, NOTE), JSON.stringify(note), { mode: 0o600 });
}

/** The queue is removed. */
export function forgetQueue(dir: string): void {
  rmSync(join(dir, NOTE), { force: true });
}

/** Queues that nobody has removed. The word of them goes: whoever takes it removes them, and it may hold passwords. */
export function takeNotedQueues(scratch: string): QueueNote[] {
  if (!existsSync(scratch)) return [];
  return readdirSync(scratch)
    .map((trial) => join(scratch, trial))
    .filter((dir) => existsSync(join(dir, NOTE)))
    .flatMap((dir) => {
      try {
        return [JSON.parse(readFileSync(join(dir, NOTE), 'utf8')) as QueueNote]; // written by `noteQueue`
      } catch {
        return []; // cut off by the death of who wrote it: then nobody has used that queue yet
      } finally {
        forgetQueue(dir);
      }
    });
}

/** What a kept folder shows of plans: all but the secrets, which whoever starts a role again must put in. */
export function hideInPlans(dir: string): void {
  for (const name of existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }) : []) {
    if (!name.endsWith('.plan.json')) continue;
    const path = join(dir, name);
    try {
      const plan: ProcessPlan = JSON.parse(readFileSync(path, 'utf8')); // written by `startProcesses`
      writeFileSync(path, JSON.stringify(safePlan(plan)));
    } catch {
      rmSync(path, { force: true }); // cut off by the death of who wrote it, so it starts nothing
    }
  }
}

/** Where the queue is may hold what its options call a secret, so these come first. */
function safePlan(plan: ProcessPlan): ProcessPlan {
  const options = safeValues(plan.adapter.options);
  const address = safeValues(plan.address);
  return { ...plan, adapter: { ...plan.adapter, options }, address, threads: plan.threads.map(safePlan) };
}

/** Once nobody uses them any more. What cannot be removed stays: there is nobody left to be told. */
export async function removeQueues(notes: readonly QueueNote[]): Promise<void> {
  await Promise.allSettled(notes.map((note) => within(removeOne(note), REMOVAL_MS, 'a queue to be removed')));
}

async function removeOne({ module, address }: QueueNote): Promise<void> {
  const { default: adapter } = (await import(module)) as { default: Adapter }; // as the coordinator loaded it
  await adapter.destroy?.(address);
}
