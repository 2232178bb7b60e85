import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Address } from '../core/adapter.js';
import { redact } from '../core/errors.js';
import type { ProcessPlan } from '../core/plan.js';
import { safeOptions } from '../core/secrets.js';
import { within } from './deadline.js';

/** What is needed to remove a queue that lies outside the scratch folder, on a server of somebody else. */
export interface QueueNote {
  /** For `import()`. */
  readonly module: string;
  readonly address: Address;
}

const NOTE = 'queue.json';
const REMOVAL_MS = 5_000;

/** Leaves word in a trial's folder of the queue that was made for it: whoever outlives the coordinator can remove it. */
export function noteQueue(dir: string, note: QueueNote): void {
  writeFileSync(join(dir, NOTE), JSON.stringify(note), { mode: 0o600 });
}

/** The queue is removed. */
export function forgetQueue(dir: string): void {
  rmSync(join(dir, NOTE), { force: true });
}

/** Queues that nobody has removed. */
export function notedQueues(scratch: string): QueueNote[] {
  if (!existsSync(scratch)) return [];
  return readdirSync(scratch)
    .map((trial) => join(scratch, trial, NOTE))
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      try {
        return [JSON.parse(readFileSync(path, 'utf8')) as QueueNote]; // written by `noteQueue`
      } catch {
        return []; // cut off by the death of who wrote it: then nobody has used that queue yet
      }
    });
}

/** What a kept folder shows of plans: all but the secrets among the options, which whoever starts a role again must put in. */
export function hideInPlans(dir: string): void {
  for (const name of existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }) : []) {
    if (!name.endsWith('.plan.json')) continue;
    const path = join(dir, name);
    try {
      const plan = JSON.parse(readFileSync(path, 'utf8')) as ProcessPlan; // written by `startProcesses`
      const options = safeOptions(plan.adapter.options, redact);
      writeFileSync(path, JSON.stringify({ ...plan, adapter: { ...plan.adapter, options } }));
    } catch {
      rmSync(path, { force: true }); // cut off by the death of who wrote it, so it starts nothing
    }
  }
}

/** Once nobody uses them any more. What cannot be removed stays: there is nobody left to be told. */
export async function removeQueues(notes: readonly QueueNote[]): Promise<void> {
  await Promise.allSettled(notes.map((note) => within(removeOne(note), REMOVAL_MS, 'a queue to be removed')));
}

async function removeOne({ module, address }: QueueNote): Promise<void> {
  const { default: adapter } = (await import(module)) as { default: Adapter }; // as the coordinator loaded it
  await adapter.destroy?.(address);
}
