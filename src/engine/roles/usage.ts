import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import type { RunMs } from '../../core/clock.js';
import type { Reading, Usage } from '../../core/timeline.js';
import { highWaterBytes } from '../footprint.js';

const RESOLUTION_MS = 10;
/** How often the delay of a watched loop is read. */
const SLICE_MS = 100;

/** Reads this thread's processor time, memory and event loop between two moments. */
export interface UsageMeter {
  begin(): void;
  /** Undefined when `begin` was not called since the last end. */
  end(name: string, phase: string): Usage | undefined;
  close(): void;
}

/** @param thread threads share their process's processor time and memory, which its main role reports */
export function usageMeter(thread: 'main' | 'inner', loop: 'watched' | 'left alone', clock: () => RunMs): UsageMeter {
  const watch = loopWatch(clock);
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
      // The sampler is a timer of ours, so it runs only where the delay is the question: an idle worker must stay idle.
      if (loop === 'watched') watch.begin();
      start = {
        cpu: process.cpuUsage(),
        sleeps: sleeps(),
        loop: performance.eventLoopUtilization(),
        at: performance.now(),
      };
    },
    end(name, phase) {
      if (start === undefined) return undefined;
      const watched = loop === 'watched' ? watch.end() : undefined;
      const cpu = process.cpuUsage(start.cpu);
      const wallMs = performance.now() - start.at;
      const usage = {
        process: name,
        phase,
        cpuMs: thread === 'main' ? (cpu.user + cpu.system) / 1000 : 0,
        peakRssBytes: thread === 'main' ? peakRssBytes() : 0,
        eventLoopUtilization: performance.eventLoopUtilization(start.loop).utilization,
        loopDelayMs: watched === undefined || wallMs <= 0 ? 0 : watched.squares / (2 * wallMs),
        gcMs,
        wallMs,
        ...(watched && { loop: watched.readings }),
        ...(thread === 'main' && process.platform !== 'win32' && { sleeps: sleeps() - start.sleeps }),
      };
      start = undefined;
      return usage;
    },
    close() {
      watch.close();
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
 * Watches the event loop of this thread: the longest delay of each slice, and the sum of d^2 over all delays, which divided by
 * 2 x time is what an event arriving at a random moment finds. Percentiles of the sampler mislead, because a long block is
 * sampled once however long it is.
 */
function loopWatch(clock: () => RunMs) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let readings: Reading[] = [];
  let squares = 0;
  let timer: NodeJS.Timeout | undefined;
  function slice(): void {
    if (delay.count === 0) return;
    const meanMs = Math.max(0, delay.mean / 1e6 - RESOLUTION_MS);
    const deviationMs = Number.isFinite(delay.stddev) ? delay.stddev / 1e6 : 0;
    squares += delay.count * (meanMs ** 2 + deviationMs ** 2);
    readings.push({ atMs: clock(), value: Math.max(0, delay.max / 1e6 - RESOLUTION_MS) });
    delay.reset();
  }
  function close(): void {
    clearInterval(timer);
    delay.disable();
  }
  return {
    begin() {
      close();
      readings = [];
      squares = 0;
      delay.reset();
      delay.enable();
      timer = setInterval(slice, SLICE_MS).unref();
    },
    end() {
      slice();
      close();
      return { readings, squares };
    },
    close,
  };
}
