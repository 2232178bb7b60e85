// The fleet in 10,000 random worlds, against queueing theory with more jobs than a test has time for, and in real time.
import { vitest } from './vitest.js';

const WORLDS = 10_000;
const JOBS = 1_000_000;
const FILES = ['test/fleet', 'test/ruler/fleettheory.test.ts', 'test/adapters/virtualreal.test.ts'];
const count = (value) => value.toLocaleString('en-US');

/** The part of `npm run prove` that is about simulated machines. */
export async function proveFleet({ say }) {
  say(`${count(WORLDS)} worlds for each property, ${count(JOBS)} jobs for each formula`);
  const env = { ...process.env, JOBBENCH_FLEET_WORLDS: String(WORLDS), JOBBENCH_FLEET_JOBS: String(JOBS) };
  const { code, output } = await vitest(['run', '--testTimeout', '900000', ...FILES], env);
  const [, passed = '0'] = /Tests .*?(\d+) passed/.exec(output) ?? [];
  const failed = output.split('\n').filter((line) => /^\s*(×|FAIL)/.test(line));
  const lines = [
    `${count(WORLDS)} random worlds for each property: caps are kept, no job runs on a machine that is gone or full, a warm hand-over boots nothing, machine-seconds are the sum of the lives.`,
    `${count(JOBS)} jobs for each formula: M/M/k by Erlang C and M/G/k by Allen and Cunneen within 5 %; of the jobs that find one machine idle, exp(-rate x wait) start cold, within 2 %.`,
    `Real time at timeScale 0.02 and virtual time of one seed: the same events in the same order, phases within 15 %. ${passed} tests passed.`,
    ...failed.map((line) => `- ${line.trim()}`),
  ];
  return { text: lines.join('\n'), reached: code === 0 };
}
