import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import type { Usage } from '../core/timeline.js';
import { highWaterBytes } from './footprint.js';

const RESOLUTION_MS = 10;

/** Reads this thread's processor time, memory and event loop between two moments. */
export interface UsageMeter {
  begin(): void;
  /** Undefined when `begin` was not called since the last end. */
  end(name: string, phase: string): Usage | undefined;
  close(): void;
}

/** @param thread threads share their process's processor time and memory, which its main role reports */
export function usageMeter(thread: 'main' | 'inner', loop: 'watched' | 'left alone'): UsageMeter {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let gcMs = 0;
  const collector = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) gcMs += entry.duration;
  });
  collector.observe({ entryTypes: ['gc'] });
  let start:
    | { cpu: NodeJS.CpuUsage; sleeps: number; loop: ReturnType<typeof performance.eventLoopUtilization>; at: number }
    | undefined;
  return {
    begin() {
      gcMs = 0;
      delay.reset();
      // The sampler is a timer of ours, so it runs only where the delay is the question: an idle worker must stay idle.
      if (loop === 'watched') delay.enable();
      start = {
        cpu: process.cpuUsage(),
        sleeps: sleeps(),
        loop: performance.eventLoopUtilization(),
        at: performance.now(),
      };
    },
    end(name, phase) {
      if (start === undefined) return undefined;
      delay.disable();
      const cpu = process.cpuUsage(start.cpu);
      const wallMs = performance.now() - start.at;
      const usage = {
        process: name,
        phase,
        cpuMs: thread === 'main' ? (cpu.user + cpu.system) / 1000 : 0,
        peakRssBytes: thread === 'main' ? peakRssBytes() : 0,
        eventLoopUtilization: performance.eventLoopUtilization(start.loop).utilization,
        loopDelayMs: timeWeighted(delay, wallMs),
        gcMs,
        wallMs,
        ...(thread === 'main' && process.platform !== 'win32' && { sleeps: sleeps() - start.sleeps }),
      };
      start = undefined;
      return usage;
    },
    close() {
      delay.disable();
      collector.disconnect();
    },
  };
}

const sleeps = () => process.resourceUsage().voluntaryContextSwitches;

/** `maxRSS` of a forked process begins at what its parent had: the kernel's own high-water mark does not. */
function peakRssBytes(): number {
  const { maxRSS } = process.resourceUsage();
  return process.platform === 'linux' ? (highWaterBytes('self') ?? maxRSS * 1024) : maxRSS * 1024;
}

/**
 * The delay that an event arriving at a random moment finds: sum of d^2 / (2 x time), from the sampler's mean and
 * deviation. Its percentiles mislead, because a long block is sampled once however long it is.
 */
function timeWeighted(delay: ReturnType<typeof monitorEventLoopDelay>, wallMs: number): number {
  if (delay.count === 0 || wallMs <= 0) return 0;
  const meanMs = Math.max(0, delay.mean / 1e6 - RESOLUTION_MS);
  const deviationMs = Number.isFinite(delay.stddev) ? delay.stddev / 1e6 : 0;
  return (delay.count * (meanMs ** 2 + deviationMs ** 2)) / (2 * wallMs);
}
