import { readdirSync, readFileSync } from 'node:fs';
import type { Usage } from '../core/timeline.js';

/** USER_HZ of Linux on every platform that Node supports. */
const TICK_MS = 10;

/** Processes of a trial that are not ours to ask: its private server, the processes of simulated machines. */
export interface Footprint {
  begin(): void;
  /** Those that were there at `begin`. */
  pids(): Iterable<number>;
  /** What they used since `begin`; undefined when there are none. */
  end(phase: string, wallMs: number): Usage | undefined;
}

/** @param dir the trial's folder, which every process of it carries in its command line; Linux only, else nothing is found */
export function footprint(dir: string, known: ReadonlyMap<string, number>): Footprint {
  let before = new Map<number, Reading>();
  const read = () => readings(dir, new Set(known.values()));
  return {
    begin() {
      before = read();
    },
    pids: () => before.keys(),
    end(phase, wallMs) {
      const after = read();
      if (after.size === 0) return undefined;
      let cpuMs = 0;
      let sleeps = 0;
      let peakRssBytes = 0;
      for (const [pid, { cpuMs: now, sleeps: slept, rssBytes }] of after) {
        cpuMs += now - (before.get(pid)?.cpuMs ?? 0);
        sleeps += slept - (before.get(pid)?.sleeps ?? 0);
        peakRssBytes = Math.max(peakRssBytes, rssBytes);
      }
      return {
        process: 'backend',
        phase,
        cpuMs,
        peakRssBytes,
        eventLoopUtilization: 0,
        loopDelayMs: 0,
        gcMs: 0,
        wallMs,
        sleeps,
      };
    },
  };
}

interface Reading {
  readonly cpuMs: number;
  /** Of its threads that live. */
  readonly sleeps: number;
  readonly rssBytes: number;
}

function readings(dir: string, known: ReadonlySet<number>): Map<number, Reading> {
  const found = new Map<number, Reading>();
  if (process.platform !== 'linux') return found;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid || known.has(pid)) continue;
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/`)) continue;
      found.set(pid, {
        cpuMs: parseCpuMs(readFileSync(`/proc/${pid}/stat`, 'utf8')),
        sleeps: sleepsOf(pid),
        rssBytes: highWaterBytes(pid) ?? 0,
      });
    } catch {
      // Ended meanwhile, or somebody else's.
    }
  }
  return found;
}

function sleepsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))
    .reduce((sum, status) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0), 0);
}

/** Fields after the command in brackets, which may itself hold spaces and brackets: proc(5). */
export function parseCpuMs(stat: string): number {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0] = fields.slice(11, 13);
  return (user + system) * TICK_MS;
}

/** Most memory that a process ever had resident; undefined where the kernel does not say. */
export function highWaterBytes(pid: number | 'self'): number | undefined {
  const kB = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kB === undefined ? undefined : Number(kB) * 1024;
}
