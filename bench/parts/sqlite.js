import { contestant } from '../../scripts/bench/setup.js';
import { bare, ours, theirs } from '../lib/contenders.js';
import { atTheirBest, family, optionsOf } from '../lib/family.js';
import { stage } from '../lib/stage.js';
import { attempts } from '../lib/turns.js';

const MODES = {
  enqueue1: 'enqueue, 1 in flight',
  enqueue64: 'enqueue, 64 in flight',
  drain: 'pop and ack',
  together: 'end to end, 64 in flight, one process',
  apart: 'end to end, 64 in flight, two processes',
};
const PLAINJOB = optionsOf({
  '1 worker, no wait between two looks': { pollIntervall: 0 },
  '4 workers in a process, no wait': { pollIntervall: 0, workers: 4 },
});
const BETTERQUEUE = optionsOf({
  'a job at a time': { concurrent: 1, batchSize: 1 },
  'batches of 100': { concurrent: 1, batchSize: 100 },
  'batches of 100, 4 at once': { concurrent: 4, batchSize: 100 },
});

/** Queues in one SQLite file, WAL and synchronous=NORMAL: an accepted job survives the end of the process. */
export async function sqlite({ workshop, ...context }) {
  const on = stage(workshop);
  const place = await contestant('sqlite', {});
  const survives = { delivery: 'at-least-once', durability: 'process-crash' };
  const driver = { package: 'better-sqlite3', ...survives };
  const { contenders: peers, tried } = await atTheirBest(
    [
      [
        theirs({ name: 'plainjob', kind: 'peer', package: 'plainjob', ...survives }, place, { client: 'plainjob' }),
        PLAINJOB,
      ],
      [
        theirs(
          {
            name: 'better-queue',
            kind: 'peer',
            package: 'better-queue-sqlite',
            ...survives,
            durability: 'memory',
            processes: 'one',
          },
          place,
          { client: 'betterqueue' },
        ),
        BETTERQUEUE,
      ],
    ],
    async (contender) =>
      contender.processes === 'one' ? (await on.queue(contender, [64])).drain : on.apart(contender),
    context,
  );
  const one = { name: 'statements, one each', settings: 'insert; claim; ack: a transaction each', ...driver };
  const many = {
    name: 'statements, 100 at a time',
    settings: 'inserts one each; 100 claims and 100 acks a transaction',
    ...driver,
  };
  const limit = {
    name: 'one transaction for all',
    kind: 'limit',
    ...driver,
    delivery: 'none',
    durability: 'memory',
    processes: 'one',
    settings: 'never committed',
  };
  const contenders = [
    await ours('sqlite', workshop, { options: {} }),
    await ours('sqlite', workshop, {
      options: { delivery: 'at-most-once' },
      label: 'sqlite, at most once',
      settings: 'delivery=at-most-once',
    }),
    await ours('sqlite', workshop, { options: { fuse: 'auto' }, label: 'sqlite, fused', settings: 'fuse=auto' }),
    ...peers,
    bare(one, place, { client: 'sqlite', options: { batch: 1 } }),
    bare(many, place, { client: 'sqlite' }),
    theirs(limit, place, { client: 'onetransaction' }),
  ];
  const attempt = attempts();
  const measure = async (contender) => ({
    ...(await on.queue(contender, [1, 64])),
    together: await attempt(`${contender.name} together`, () => on.together(contender, 64)),
    ...(contender.processes !== 'one' && { apart: await on.apart(contender) }),
  });
  const title = 'One SQLite file, WAL, synchronous=NORMAL';
  return family({ key: 'sqlite', title, modes: MODES, contenders, measure, tried }, context);
}

/** The same file with synchronous=FULL: an accepted job survives loss of power, where the disk keeps what it says. */
export async function durable({ workshop, ...context }) {
  const on = stage(workshop);
  const place = await contestant('sqlite', {});
  const survives = { delivery: 'at-least-once', durability: 'power-loss' };
  const driver = { package: 'better-sqlite3', ...survives };
  const full = { synchronous: 'full' };
  const one = { name: 'statements, one each', settings: 'a transaction for each insert, claim and ack', ...driver };
  const disk = {
    name: 'the disk',
    kind: 'limit',
    package: '',
    delivery: 'none',
    durability: 'power-loss',
    settings: 'a frame of 4,120 bytes appended and flushed for each job',
    drains: 'no',
  };
  const contenders = [
    await ours('sqlite', workshop, { options: full, settings: 'synchronous=full' }),
    await ours('sqlite', workshop, {
      options: { ...full, groupCommit: 'off' },
      label: 'sqlite, no group commit',
      settings: 'synchronous=full, groupCommit=off',
    }),
    await ours('sqlite', workshop, {
      options: { ...full, fuse: 'auto' },
      label: 'sqlite, fused',
      settings: 'synchronous=full, fuse=auto',
    }),
    theirs(
      { name: 'plainjob', kind: 'peer', package: 'plainjob', settings: 'PRAGMA synchronous = FULL', ...survives },
      place,
      { client: 'plainjob', options: full },
    ),
    bare(one, place, { client: 'sqlite', options: { ...full, batch: 1 } }),
    theirs(disk, place, { client: 'flush' }),
  ];
  const measure = async (contender) => {
    if (contender.drains === 'no') return on.queue(contender, [1, 128], 'leave');
    return { ...(await on.queue(contender, [1, 128])), together: await on.together(contender, 64) };
  };
  const modes = {
    enqueue1: 'enqueue, 1 in flight',
    enqueue128: 'enqueue, 128 in flight',
    drain: 'pop and ack',
    together: 'enqueued and done, 64 in flight, one process',
  };
  const title = 'One SQLite file, WAL, synchronous=FULL';
  return family({ key: 'durable', title, modes, contenders, measure }, context);
}
