import { CALL_MS } from './deadline.js';
import type { Processes } from './processes.js';

/**
 * Starts or stops the work of a role. Resolves when what the backend starts for itself stands, or when jobs in flight have settled.
 * @throws JobbenchError TIMEOUT; of a backend that tells how far it came, a little sooner than of one that says nothing
 */
export function switchWork(
  processes: Processes,
  role: string,
  to: 'on' | 'off',
  timeoutMs: number,
): Promise<undefined> {
  return to === 'on'
    ? processes.ask(role, 'work', { to, withinMs: timeoutMs }, timeoutMs + CALL_MS)
    : processes.ask(role, 'work', { to }, timeoutMs);
}
