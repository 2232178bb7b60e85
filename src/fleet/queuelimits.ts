import type { QueueLimits } from './types.js';
import { waitMs } from './wait.js';

const FORM = 'write NAME:CAP or NAME:CAP:WAIT, as in mail:20:10s,reports:2:forever';

/** Queues with limits of their own, from `mail:20:10s,reports:2:forever`. @throws Error with what is allowed */
export function parseQueues(text: string): ReadonlyMap<string, QueueLimits> {
  const queues = new Map<string, QueueLimits>();
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', cap = '', wait, ...more] = part.trim().split(':');
    const maxMachines = Number(cap);
    if (name === '' || more.length > 0) throw new Error(`"${part}" is not a queue; ${FORM}`);
    if (!Number.isInteger(maxMachines) || maxMachines < 1 || maxMachines > 100_000)
      throw new Error(`"${part}": a cap is a whole number from 1 to 100000, not "${cap}"; ${FORM}`);
    if (queues.has(name)) throw new Error(`queue "${name}" is there twice`);
    queues.set(name, { maxMachines, ...(wait !== undefined && { waitMs: waitMs(wait) }) });
  }
  return queues;
}
