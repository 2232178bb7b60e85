import { adapterNames } from './lib/registry.js';

/** What is swept by `jobbench run`, and how the page shows it. Lists of values are lists of its flags. */

const SHORT = ['--warmup', '400ms', '--duration', '400ms', '--seed', '1'];
const throughput = ['--scenario', 'throughput', ...SHORT];
const backlog = ['--scenario', 'backlog', ...SHORT];
const known = adapterNames();
const adapters = (...names) => ['--adapter', names.filter((name) => known.includes(name)).join(',')];
const QUEUED = ['sqlite', 'redis', 'redis-list'];
const bytes = (value) =>
  value >= 2 ** 20 ? `${value / 2 ** 20} MB` : value >= 1024 ? `${value / 1024} kB` : `${value} B`;
const count = (value) => value.toLocaleString('en-US');

export const SWEEPS = {
  payload: {
    args: [...throughput, ...adapters(...QUEUED, 'threads'), '--payload', '100B,10kB,1MB'],
    param: 'payload',
    metric: 'pipeline_rate',
    write: bytes,
  },
  concurrency: {
    args: [...throughput, ...adapters(...QUEUED, 'threads'), '--concurrency', '1..256x4', '--work', 'io:5ms'],
    param: 'concurrency',
    metric: 'pipeline_rate',
  },
  processes: {
    args: [...throughput, ...adapters(...QUEUED), '--workers', '1,2,3,4'],
    param: 'workers',
    metric: 'drain_rate',
  },
  backlog: {
    args: [...backlog, ...adapters('sqlite', 'redis-list', 'threads'), '-P', 'depth=1000,100000,1000000'],
    param: 'depth',
    metric: 'held_rate',
    write: count,
  },
  // BullMQ takes minutes to fill and to drain a million jobs, which is all that such a cell would show.
  backlogredis: {
    args: [...backlog, ...adapters('redis'), '-P', 'depth=1000,100000'],
    param: 'depth',
    metric: 'held_rate',
    write: count,
  },
};
