import type { Adapter, Address } from '../core/adapter.js';
import { describeError, JobbenchError } from '../core/errors.js';
import { CALL_MS, within } from './deadline.js';
import type { TrialRequest } from './trialrequest.js';

/** An empty queue of the trial's own. @throws JobbenchError TIMEOUT, or what the adapter could not do */
export async function createQueue(
  { adapter, ref, runId, name, allowRemote }: TrialRequest,
  dir: string,
): Promise<Address> {
  const scratch = { dir, name: `jobbench:${runId}:${name}`, allowRemote };
  // An async function, so that an adapter that throws at once is an adapter that rejects.
  const creating = (async () => adapter.create(ref.options, scratch))();
  try {
    return await within(creating, CALL_MS, 'the adapter to create a queue');
  } catch (error) {
    // One that comes after its deadline is nobody's any more.
    void creating.then((late) => removeQueue(adapter, late)).catch(() => undefined);
    throw ofAdapter(error, 'the adapter could not create a queue');
  }
}

/** @returns why something of the trial may be left in the backend */
export async function removeQueue(adapter: Adapter, address: Address): Promise<JobbenchError | undefined> {
  try {
    await within((async () => adapter.destroy?.(address))(), CALL_MS, 'the adapter to remove its queue');
    return undefined;
  } catch (error) {
    return ofAdapter(error, 'the adapter could not remove its queue');
  }
}

function ofAdapter(error: unknown, what: string): JobbenchError {
  if (error instanceof JobbenchError) return error;
  return new JobbenchError('CHILD', `${what}: ${describeError(error)}`, { cause: error });
}
