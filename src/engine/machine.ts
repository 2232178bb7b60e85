import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { codeOf, describeError, JobbenchError } from '../core/errors.js';
import type { HostCalibration, HostFacts } from '../core/result.js';
import { spin } from '../work/body.js';
import { within } from './deadline.js';

/** Who the machine is: the part of `host` that does not change during a run. */
export async function describeHost(): Promise<HostFacts> {
  const more = await facts();
  return {
    os: more.os ?? type(),
    kernel: release(),
    arch: arch(),
    cpu: more.cpu ?? (cpus()[0]?.model || 'unknown'),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    virtual: more.virtual,
    node: process.version,
    v8: process.versions.v8,
  };
}

interface Facts {
  readonly os?: string;
  readonly cpu?: string;
  readonly virtual: boolean;
}

/** What Node alone does not know. Linux tells it in files; elsewhere programs must be asked, which may hang or fail. */
async function facts(): Promise<Facts> {
  const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(read('/etc/os-release'))?.[1];
  if (process.platform === 'linux' && cpus()[0]?.model !== 'unknown') {
    return { ...(name !== undefined && { os: name }), virtual: isVirtual() };
  }
  try {
    const { default: si } = await import('systeminformation');
    const asked = Promise.all([si.osInfo(), si.system(), si.cpu()]);
    const [os, system, cpu] = await within(asked, 3000, 'facts about this machine');
    return {
      os: name ?? `${os.distro} ${os.release}`.trim(),
      cpu: `${cpu.manufacturer} ${cpu.brand}`.trim() || 'unknown',
      virtual: system.virtual || isVirtual(),
    };
  } catch {
    return { virtual: isVirtual() }; // less is known, and nothing depends on it
  }
}

const VENDORS = /qemu|kvm|bochs|vmware|virtualbox|innotek|xen|amazon ec2|google compute|virtual machine|parallels/i;

/** x86 processors say it themselves; elsewhere the firmware names who made the "machine". */
function isVirtual(): boolean {
  const firmware = ['sys_vendor', 'product_name'].map((file) => read(`/sys/class/dmi/id/${file}`)).join(' ');
  return /^flags\s*:.*\bhypervisor\b/m.test(read('/proc/cpuinfo')) || VENDORS.test(firmware);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not on this platform
  }
}

export type Calibration = HostCalibration;

/**
 * Measures what every number of a run rests on, in about half a second: the cost of reading the clock, how late a
 * timer of 1 ms fires, what a write that must reach the disk costs, and the speed of the loop that `cpu` work runs.
 * @param scratchDir on the disk that the backends will use
 */
export async function calibrate(scratchDir: string): Promise<Calibration> {
  const spinsPerMs = measureSpins();
  const clockReadNs = measureClock();
  const fsyncP50Us = onDisk(scratchDir);
  return { clockReadNs, timerLateP99Ms: await measureTimers(), fsyncP50Us, spinsPerMs };
}

const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * The minimum is the speed without interruptions. It is taken as stable once ten batches in a row found nothing
 * faster by 1 %.
 */
function fastest(batch: () => number, limitMs: number): number {
  const end = now() + limitMs;
  let least = batch();
  for (let calm = 0; calm < 10 && now() < end; calm++) {
    const next = batch();
    if (next < least * 0.99) calm = 0;
    least = Math.min(least, next);
  }
  return least;
}

function measureSpins(): number {
  const rounds = 500_000;
  spin(rounds); // lets the compiler have its turn
  const ms = fastest(() => {
    const from = now();
    spin(rounds);
    return now() - from;
  }, 120);
  return Math.round(rounds / ms);
}

function measureClock(): number {
  const reads = 5000;
  const ms = fastest(() => {
    const from = now();
    for (let i = 0; i < reads; i++) process.hrtime.bigint();
    return now() - from;
  }, 50);
  return Math.round((ms / reads) * 1e7) / 10;
}

function onDisk(scratchDir: string): number {
  try {
    return measureFsync(join(scratchDir, 'fsync-probe'));
  } catch (cause) {
    const message = `nothing can be written into ${scratchDir} (${codeOf(cause) ?? describeError(cause)}): make room, or set TMPDIR to another folder`;
    throw new JobbenchError('ENVIRONMENT', message, { cause });
  }
}

function measureFsync(path: string): number {
  const block = Buffer.alloc(4096, 1);
  const file = openSync(path, 'w');
  try {
    const took: number[] = [];
    const end = now() + 100;
    while (took.length < 50 && (took.length < 5 || now() < end)) {
      const from = now();
      writeSync(file, block);
      fdatasyncSync(file);
      took.push(now() - from);
    }
    return Math.round(quantile(took, 0.5) * 1e4) / 10;
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

/** Lateness counts from the asked millisecond, as a user of `setTimeout` sees it; a timer that fires early is not late. */
async function measureTimers(): Promise<number> {
  const late: number[] = [];
  const end = now() + 200;
  while (now() < end) {
    const due = now() + 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
    late.push(Math.max(0, now() - due));
  }
  return Math.round(quantile(late, 0.99) * 1000) / 1000;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
