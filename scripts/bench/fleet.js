import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reached } from './numbers.js';
import { dist } from './setup.js';

const SIZES = [10_000, 100_000, 1_000_000];
const MOST_S = 10;
const MOST_MB = 500;

/** A day of jobs on up to 10,000 machines in virtual time: processor and wall time and memory of the whole command. */
export async function fleet({ workshop, say }) {
  return SIZES.map((jobs) => {
    say(`a day of ${jobs.toLocaleString('en-US')} jobs in virtual time`);
    const { wallS, cpuS, rssMb, machines } = day(jobs, join(workshop.scratch(), `day-${jobs}.json`));
    const last = jobs === SIZES.at(-1);
    return {
      what: `simulate: a day of ${jobs.toLocaleString('en-US')} jobs`,
      ours: `${wallS.toFixed(1)} s (${cpuS.toFixed(1)} s of processor), ${Math.round(rssMb)} MB`,
      against: `up to ${machines.toLocaleString('en-US')} machines at once`,
      ratio: `${((cpuS * 1e6) / jobs).toFixed(1)} µs a job`,
      target: last ? `<= ${MOST_S} s, <= ${MOST_MB} MB` : '',
      verdict: last ? reached(wallS <= MOST_S && rssMb <= MOST_MB) : '',
    };
  });
}

/** Loads the command into a process that can tell afterwards what it took. */
const RUN = `
const { main } = await import(process.argv[1]);
const { processIo } = await import(process.argv[2]);
process.exitCode = await main(process.argv.slice(3), processIo());
process.stderr.write(JSON.stringify(process.resourceUsage()));
`;

function day(jobs, out) {
  // Jobs of eight minutes at the peak of a diurnal day keep about ten thousand machines busy at a million a day.
  const load = ['-P', 'arrivals=diurnal', '--rate', `${jobs}/d`, '--duration', '24h', '-P', 'length=exponential:480s'];
  const fleetOf = ['-P', 'wait=60', '--set', 'spawn-vm.maxMachines=10000', '--trials', '1', '--seed', '1'];
  const argv = ['simulate', '--scenario', 'keepwarm', ...load, ...fleetOf, '--json', '--quiet', '--out', out];
  const files = ['cli/main.js', 'cli/io.js'].map((file) => pathToFileURL(join(dist, file)).href);
  const from = performance.now();
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', RUN, ...files, ...argv], {
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
  });
  const wallS = (performance.now() - from) / 1000;
  if (child.status !== 0) throw new Error(`jobbench ${argv.join(' ')} ended with ${child.status}: ${child.stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(child.stderr.slice(child.stderr.indexOf('{')));
  const { observed } = JSON.parse(child.stdout).cells[0].trials[0];
  return { wallS, cpuS: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024, machines: observed.peak_machines };
}
