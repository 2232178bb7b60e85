import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Host } from '../core/result.js';

/** Length of a tick in /proc/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

interface CpuTimes {
  readonly total: number;
  readonly busy: number;
  readonly stolen: number;
}

/**
 * Watches what else happens on the machine from now on. Costs nothing meanwhile: two readings of the kernel's counters.
 * @returns `stop`, given the processor time that our own processes used in between
 */
export function startNoise(): (ownCpuMs: number) => Host['noise'] {
  const load1 = round(loadavg()[0] ?? 0); // before our own load is part of it
  const before = cpuTimes();
  return (ownCpuMs) => {
    const after = cpuTimes();
    if (before === undefined || after === undefined) return { load1, stealPercent: 0, otherCpuPercent: 0 };
    return { load1, ...shares(before, after, ownCpuMs) };
  };
}

/** Percent of all cores' time that the hypervisor took away, and that processes other than ours used. Pure. */
export function shares(before: CpuTimes, after: CpuTimes, ownCpuMs: number) {
  const total = after.total - before.total;
  if (total <= 0) return { stealPercent: 0, otherCpuPercent: 0 };
  const others = Math.max(0, after.busy - before.busy - ownCpuMs / TICK_MS);
  return {
    stealPercent: round(((after.stolen - before.stolen) / total) * 100),
    otherCpuPercent: round(Math.min(1, others / total) * 100),
  };
}

/** The `cpu` line of /proc/stat: user nice system idle iowait irq softirq steal, then guests, which user includes. */
export function parseCpuLine(line: string): CpuTimes {
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, n) => sum + n, 0);
  const [, , , idle = 0, iowait = 0, , , stolen = 0] = ticks;
  return { total, busy: total - idle - iowait - stolen, stolen };
}

function cpuTimes(): CpuTimes | undefined {
  try {
    return parseCpuLine(readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '');
  } catch {
    return undefined; // not Linux
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
