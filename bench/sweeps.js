import { adapterNames } from './lib/registry.js';

/** What is swept by `jobbench run`, and how the page shows it. Lists of values are lists of its flags. */

const timed = (duration) => ['--warmup', '400ms', '--duration', duration, '--seed', '1'];
const throughput = ['--scenario', 'throughput'];
const backlog = ['--scenario', 'backlog', ...timed('400ms')];
const idle = (rest) => ['--scenario', 'idle', ...timed(rest)];
const known = adapterNames();
/** Adapters, with options as `sqlite?synchronous=full`. */
const adapters = (...names) => ['--adapter', names.filter((name) => known.includes(name.split('?')[0])).join(',')];
const QUEUED = ['sqlite', 'redis', 'redis-list'];
const RESTING = ['sqlite', 'sqlite?synchronous=full', ...QUEUED.slice(1), 'threads', 'memory'];
/** One that always has its machine, and one whose machine is gone when the rest is over: of `wait=60` nobody knows after a minute. */
const MACHINES = ['spawn-vm?minWarm=1&maxMachines=1', 'spawn-vm?wait=0&maxMachines=1'];
const DEPTHS = ['-P', 'depth=1000,100000,1000000'];
const bytes = (value) =>
  value >= 2 ** 20 ? `${value / 2 ** 20} MB` : value >= 1024 ? `${value / 1024} kB` : `${value} B`;
const count = (value) => value.toLocaleString('en-US');

/**
 * Name of a sweep -> `runs`, each a command with a file of its own, and how the page shows them together. `trials` says how
 * many a run has for so many rounds, where it is not as many.
 */
export const SWEEPS = {
  payload: {
    runs: {
      payload: {
        args: [...throughput, ...timed('400ms'), ...adapters(...QUEUED, 'threads'), '--payload', '100B,1kB,10kB'],
      },
      // A job takes tens of milliseconds: in 0.4 s there would be too few for a rate.
      payloadlarge: { args: [...throughput, ...timed('4s'), ...adapters(...QUEUED, 'threads'), '--payload', '1MB'] },
    },
    param: 'payload',
    metrics: ['pipeline_rate'],
    write: bytes,
  },
  concurrency: {
    runs: {
      // A worker of BullMQ with 256 slots ends its jobs in waves: in 0.4 s there would be one of them or none.
      concurrency: {
        args: [
          ...throughput,
          ...timed('2s'),
          ...adapters(...QUEUED, 'threads'),
          '--concurrency',
          '1..256x4',
          '--work',
          'io:5ms',
        ],
      },
    },
    param: 'concurrency',
    metrics: ['pipeline_rate'],
  },
  processes: {
    runs: { processes: { args: [...throughput, ...timed('1s'), ...adapters(...QUEUED), '--workers', '1,2,3,4'] } },
    param: 'workers',
    metrics: ['pipeline_rate', 'drain_rate'],
    grows: 'Times the rate of one worker',
  },
  backlog: {
    runs: {
      backlog: {
        args: [
          ...backlog,
          ...adapters('sqlite', 'sqlite?synchronous=full', 'redis-list', 'threads', 'memory'),
          ...DEPTHS,
        ],
      },
      backlogredis: { args: [...backlog, ...adapters('redis'), '-P', 'depth=1000,100000'] },
      // BullMQ fills and drains a million jobs for minutes, which is most of such a trial.
      backlogredismillion: {
        args: [...backlog, ...adapters('redis'), '-P', 'depth=1000000', '--timeout', '15m'],
        trials: (rounds) => Math.ceil(rounds / 2),
      },
      // One machine, so that none boots meanwhile. It takes one job at a time, which is minutes for a million.
      backlogvm: { args: [...backlog, ...adapters('spawn-vm?minWarm=1&maxMachines=1'), ...DEPTHS, '--timeout', '15m'] },
    },
    param: 'depth',
    write: count,
    grows: 'Times the `held_rate` at 1,000',
  },
  idle: {
    runs: {
      // A minute of nothing is long enough to need no second one.
      idle: { args: [...idle('1m'), ...adapters(...RESTING, ...MACHINES)], trials: (rounds) => Math.ceil(rounds / 2) },
      // One job after a minute says little of how soon jobs start: here are more, after a shorter rest.
      pickup: { args: [...idle('1s'), ...adapters(...RESTING, ...MACHINES)], trials: (rounds) => 3 * rounds },
    },
  },
};
