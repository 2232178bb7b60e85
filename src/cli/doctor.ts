import { rmSync } from 'node:fs';
import { calibrate, describeHost } from '../engine/machine.js';
import { startNoise } from '../engine/noise.js';
import { registerRun } from '../engine/others.js';
import { makeFolder } from '../engine/scratch.js';
import { backendChecks } from './backends.js';
import { type Check, machineChecks, noiseChecks, timingChecks } from './checks.js';
import type { Io } from './io.js';
import { listAdapters } from './list.js';
import { wrapped } from './wrap.js';

/** `jobbench doctor`: is this machine a place to measure on, and what to fix first. @returns 3 when nothing can be measured */
export async function doctor(format: 'text' | 'json', io: Io): Promise<number> {
  const adapters = await listAdapters(io.cwd);
  const usable = adapters.some(({ available, reference }) => available && !reference);
  const checks = [...(await lookAtMachine()), ...(await backendChecks(adapters, io))];
  if (format === 'json') {
    io.stdout.write(`${JSON.stringify({ usable, checks }, null, 1)}\n`);
    return usable ? 0 : 3;
  }
  const width = Math.min(io.stdout.columns ?? 100, 100);
  const names = Math.max(...checks.map(({ name }) => name.length));
  for (const check of checks) io.stdout.write(`${checkText(check, names, width)}\n`);
  const warnings = checks.filter(({ status }) => status !== 'ok').length;
  const outcome = usable ? 'jobbench can measure here' : 'nothing can be measured here yet';
  io.stdout.write(
    `\n${outcome}${warnings > 0 ? `; ${warnings} ${warnings === 1 ? 'line' : 'lines'} above may be worth a look` : ''}.\n`,
  );
  return usable ? 0 : 3;
}

async function lookAtMachine(): Promise<Check[]> {
  const scratch = makeFolder();
  const registration = registerRun();
  try {
    const host = await describeHost();
    const noise = startNoise();
    const ownBefore = process.cpuUsage();
    const calibration = await calibrate(scratch);
    const own = process.cpuUsage(ownBefore);
    return [
      ...machineChecks(host),
      ...timingChecks(calibration),
      ...noiseChecks(noise((own.user + own.system) / 1000), host.cores, registration.others()),
    ];
  } finally {
    registration.release();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function checkText({ name, status, value, fix }: Check, names: number, width: number): string {
  const indent = 'warn'.length + names + 4;
  const line = wrapped(`${status.padEnd(4)}  ${name.padEnd(names)}  ${value}`, width, 0, indent);
  return fix === undefined ? line : `${line}\n${wrapped(`-> ${fix}`, width, indent, indent + 3)}`;
}
