import { readFileSync } from 'node:fs';
import type { RunMs } from '../core/clock.js';
import type { Reading } from '../core/timeline.js';

/** Some fifty microseconds a process each time, in the coordinator, which has nothing else to do then. */
const EVERY_MS = 250;
/** Of Linux on all architectures that Node has builds for with small pages; others would be off by a factor. */
const PAGE_BYTES = 4096;

/**
 * Reads how much memory processes have resident, now and then, from outside: nothing runs in them for it. Linux only, else
 * nothing is read.
 */
export function watchMemory(clock: () => RunMs, pids: () => Iterable<number>): { end(): readonly Reading[] } {
  const readings: Reading[] = [];
  const read = () => {
    let value = 0;
    for (const pid of pids()) value += residentBytes(pid);
    readings.push({ atMs: clock(), value });
  };
  if (process.platform !== 'linux') return { end: () => readings };
  const timer = setInterval(read, EVERY_MS).unref();
  return {
    end() {
      clearInterval(timer);
      return readings;
    },
  };
}

/** Second field of statm, in pages: proc(5). 0 for a process that is gone. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * PAGE_BYTES;
  } catch {
    return 0; // it ended meanwhile, and has none
  }
}
