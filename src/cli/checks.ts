import { readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import type { Host, HostFacts } from '../core/result.js';
import type { Calibration } from '../engine/machine.js';

/** One line of `jobbench doctor`. */
export interface Check {
  readonly name: string;
  /** warn: numbers suffer. fail: something cannot be measured. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly value: string;
  /** What to do about it. */
  readonly fix?: string;
}

const GIGABYTE = 2 ** 30;
const TMPFS = 0x01021994;

/** A check that is fine, or the reason why not. */
function check(name: string, value: string, trouble: string | false | undefined): Check {
  return trouble ? { name, status: 'warn', value, fix: trouble } : { name, status: 'ok', value };
}

/** What the machine is. */
export function machineChecks(host: HostFacts): Check[] {
  const quota = cpuQuota();
  const governor = readLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
  const clock = readLine('/sys/devices/system/clocksource/clocksource0/current_clocksource');
  const free = freemem();
  return [
    check('system', `${host.os}, kernel ${host.kernel}, ${host.arch}`, false),
    check(
      'cores',
      `${host.cores} x ${host.cpu}`,
      host.cores < 4 &&
        'with fewer than 4 cores the web server, workers and load share them; use 4 or more for `contention`',
    ),
    ...(quota !== undefined && quota < host.cores
      ? [
          check(
            'cpu quota',
            `${quota} cores`,
            'the container is stopped when its quota is used up, which shows as latency: lift it',
          ),
        ]
      : []),
    check(
      'memory',
      `${gigabytes(host.memoryBytes)}, ${gigabytes(free)} free`,
      free < GIGABYTE / 2 && 'close other programs',
    ),
    check('node', `${host.node}, V8 ${host.v8}`, false),
    check(
      'virtual machine',
      host.virtual ? 'yes' : 'no',
      host.virtual &&
        'its neighbours can slow it down: believe ratios within one run rather than figures, and watch steal',
    ),
    ...(governor === undefined
      ? []
      : [check('cpu governor', governor, governor !== 'performance' && 'sudo cpupower frequency-set -g performance')]),
    ...(clock === undefined
      ? []
      : [
          check('clock source', clock, /hpet|acpi_pm|jiffies/.test(clock) && 'slow to read; boot with clocksource=tsc'),
        ]),
    temporaryFolder(),
  ];
}

/** What its clocks, timers and disk add to a number. */
export function timingChecks({ clockReadNs, timerLateP99Ms, fsyncP50Us }: Calibration): Check[] {
  const fsync =
    fsyncP50Us < 20 ? 'writes do not reach a disk: set TMPDIR to a folder on one to compare durability' : undefined;
  return [
    check('clock read', `${clockReadNs} ns`, clockReadNs > 500 && 'stamps are dear here; see clock source'),
    check(
      'timer error',
      `1 ms timers are ${timerLateP99Ms} ms late at p99`,
      timerLateP99Ms > 5 && 'the machine is busy, or saves power',
    ),
    check(
      'fsync',
      `${fsyncP50Us} us at p50`,
      fsync ?? (fsyncP50Us > 20_000 && 'a slow disk: durable backends will wait for it'),
    ),
  ];
}

/** What else happens here. */
export function noiseChecks(noise: Host['noise'], cores: number, others: readonly number[]): Check[] {
  return [
    check('load', `${noise.load1} on ${cores} cores`, noise.load1 > cores * 0.5 && 'wait until other work is done'),
    check(
      'other programs',
      `${noise.otherCpuPercent} % of the CPU`,
      noise.otherCpuPercent > 10 && 'stop what else is running',
    ),
    check(
      'steal',
      `${noise.stealPercent} %`,
      noise.stealPercent > 1 && 'the host gives its time to others: measure at another time or place',
    ),
    ...(others.length > 0
      ? [check('other runs', `process ${others.join(', ')}`, 'another jobbench run is going on: one at a time')]
      : []),
  ];
}

function temporaryFolder(): Check {
  const dir = tmpdir();
  const { bavail, bsize, type } = statfsSync(dir);
  const space = bavail * bsize;
  const memory = type === TMPFS;
  const trouble = space < GIGABYTE ? 'make room, or set TMPDIR to another folder' : undefined;
  const inMemory = memory ? 'it is in memory, where fsync costs nothing: set TMPDIR to a folder on a disk' : undefined;
  return check('scratch folder', `${dir}, ${gigabytes(space)} free${memory ? ', tmpfs' : ''}`, trouble ?? inMemory);
}

/** Cores that the container may use, where there is a limit. */
function cpuQuota(): number | undefined {
  const [quota, period] = (readLine('/sys/fs/cgroup/cpu.max') ?? 'max').split(' ').map(Number);
  return quota === undefined || period === undefined || !Number.isFinite(quota / period) ? undefined : quota / period;
}

function readLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // not on this platform, or not in this container
  }
}

function gigabytes(bytes: number): string {
  return `${Math.round((bytes / GIGABYTE) * 10) / 10} GB`;
}
