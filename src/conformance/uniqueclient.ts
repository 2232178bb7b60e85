import type { Adapter, Address } from '../core/adapter.js';
import { describeError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import type { AdapterRef } from '../core/plan.js';

/**
 * Another process that enqueues: fork this file and send a `ClientStart`, which may hold secrets and so is no argument, and
 * then lists of jobs. Each message is answered by what went wrong, or an empty text. It ends with its parent.
 */
export interface ClientStart {
  readonly ref: AdapterRef;
  readonly address: Address;
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', (start: ClientStart) => void serve(start));

async function serve({ ref, address }: ClientStart): Promise<void> {
  const { default: adapter } = (await import(ref.module)) as { default: Adapter }; // the parent has loaded it as that
  const connecting = adapter.connect(address, ref.options);
  process.on('message', (jobs: readonly Job[]) => {
    const accepted = connecting.then((session) => Promise.all(jobs.map((job) => session.enqueue(job))));
    answer(accepted);
  });
  answer(connecting);
}

function answer(what: Promise<unknown>): void {
  what.then(
    () => process.send?.(''),
    (error) => process.send?.(describeError(error)),
  );
}
