import { JobbenchError } from '../core/errors.js';

/**
 * A worker serves one queue, so several queues divide the concurrency.
 * @throws JobbenchError USAGE when there are more queues than jobs may run at once
 */
export function shares(names: readonly string[], concurrency: number, adapter: string): [string, number][] {
  if (concurrency < names.length) {
    throw new JobbenchError(
      'USAGE',
      `${adapter}.queues names ${names.length} queues, so the concurrency must be at least ${names.length}, not ${concurrency}`,
    );
  }
  return names.map((name, at) => [name, Math.floor((concurrency + names.length - 1 - at) / names.length)]);
}
