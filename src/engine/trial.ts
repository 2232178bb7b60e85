import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JobbenchError } from '../core/errors.js';
import { conduct } from './conduct.js';
import { forgetQueue, hideInPlans, noteQueue } from './leftovers.js';
import { nothingRecorded, type TrialOutcome } from './outcome.js';
import { createQueue, removeQueue } from './queue.js';
import type { TrialHooks } from './stage.js';
import type { TrialRequest } from './trialrequest.js';

/** Runs one trial from an empty queue to merged logs, and leaves nothing behind. */
export async function runTrial(
  request: TrialRequest,
  signal: AbortSignal,
  hooks: TrialHooks = {},
): Promise<TrialOutcome> {
  const dir = join(request.scratchRoot, request.name);
  const folders = { dir, store: join(dir, 'store'), logDir: join(dir, 'log') };
  for (const folder of [folders.store, folders.logDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const address = await createQueue(request, folders.store);
    noteQueue(dir, { module: request.ref.module, address });
    let removal: JobbenchError | undefined;
    let outcome: TrialOutcome;
    try {
      outcome = await conduct(request, address, folders, signal, hooks);
    } finally {
      removal = await removeQueue(request.adapter, address);
      if (removal === undefined) forgetQueue(dir);
    }
    return removal === undefined || outcome.failure !== undefined ? outcome : { ...outcome, failure: removal };
  } catch (error) {
    // One backend's trouble is its own cell's. What the user must correct, and bugs of ours, end the run.
    if (!(error instanceof JobbenchError) || error.code === 'USAGE') throw error;
    return nothingRecorded(error, request, folders);
  } finally {
    if (request.keep) hideInPlans(dir);
    else rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
