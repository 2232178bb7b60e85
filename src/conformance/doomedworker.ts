import type { Adapter, Address } from '../core/adapter.js';
import type { HostSpec } from '../core/host.js';
import type { AdapterRef } from '../core/plan.js';
import { openHost } from '../work/handler.js';

/**
 * A worker for jobs that end their process: fork this file and send a `DoomedStart`, which may hold secrets and so is no
 * argument. It works until a job ends it, or until its parent is gone.
 */
export interface DoomedStart {
  readonly ref: AdapterRef;
  readonly address: Address;
  readonly host: HostSpec;
  /** Each has logs of its own. */
  readonly name: string;
  readonly concurrency: number;
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', (start: DoomedStart) => void work(start));

async function work({ ref, address, host, name, concurrency }: DoomedStart): Promise<void> {
  const { default: adapter } = (await import(ref.module)) as { default: Adapter }; // the parent has loaded it as that
  const session = await adapter.connect(address, ref.options);
  const { handle } = openHost(host, name);
  const signal = new AbortController().signal; // nobody stops it
  await session.run({ concurrency, signal, handle, host, settled: () => undefined });
}
