import { contestant } from '../../scripts/bench/setup.js';
import { bare, ours, theirs } from '../lib/contenders.js';
import { at, atTheirBest, family } from '../lib/family.js';
import { BETTERQUEUE, PLAINJOB, plainjobWith } from '../lib/settings.js';
import { stage } from '../lib/stage.js';
import { attempts } from '../lib/turns.js';

const MODES = {
  enqueue1: 'enqueue, 1 in flight',
  enqueue64: 'enqueue, 64 in flight',
  drain: 'pop and ack',
  together: 'end to end, 64 in flight, one process',
  apart: 'end to end, 64 in flight, two processes',
};
/** How many jobs a drain has, so that it takes half a second. */
const DRAINED = { batches: 80_000, more: 120_000, single: 8_000, flushed: 2_000 };

/** What decides the settings of a column. */
const deciding = (on, inFlight) => ({
  enqueue: async (contender) => (await on.enqueue(contender, [inFlight]))[`enqueue${inFlight}`],
  drain: on.drain,
  together: (contender) => on.together(contender, 64),
  apart: on.apart,
});

/** Queues in one SQLite file, WAL and synchronous=NORMAL: an accepted job survives the end of the process. */
export async function sqlite({ workshop, ...context }) {
  const on = stage(workshop);
  const place = await contestant('sqlite', {});
  const survives = { delivery: 'at-least-once', durability: 'process-crash' };
  const driver = { package: 'better-sqlite3', ...survives };
  const plainjob = { name: 'plainjob', kind: 'peer', package: 'plainjob', ...survives };
  const betterqueue = {
    name: 'better-queue',
    kind: 'peer',
    package: 'better-queue-sqlite',
    ...survives,
    durability: 'memory',
    processes: 'one',
  };
  const { contenders: peers, tried } = await atTheirBest(
    [
      [theirs(plainjob, place, { client: 'plainjob', jobs: DRAINED.single }), PLAINJOB],
      [theirs(betterqueue, place, { client: 'betterqueue' }), BETTERQUEUE],
    ],
    deciding(on, 64),
    context,
  );
  const one = { name: 'statements, one each', settings: 'insert; claim; ack: a transaction each', ...driver };
  const many = {
    name: 'statements, 100 at a time',
    settings: 'inserts one each; 100 claims and 100 acks a transaction',
    ...driver,
  };
  const asking = {
    name: 'statements, 100, asked again',
    ...driver,
    settings: 'the same without the busy handler of SQLite: asked again at the next turn',
    processes: 'two',
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
    await ours('sqlite', workshop, { options: {}, jobs: DRAINED.batches }),
    await ours('sqlite', workshop, {
      options: { delivery: 'at-most-once' },
      label: 'sqlite, at most once',
      settings: 'delivery=at-most-once',
      jobs: DRAINED.more,
    }),
    await ours('sqlite', workshop, {
      options: { fuse: 'auto' },
      label: 'sqlite, fused',
      settings: 'fuse=auto',
      jobs: DRAINED.batches,
    }),
    await ours('sqlite', workshop, {
      options: { claimBatch: 1 },
      label: 'sqlite, a job at a time',
      settings: 'claimBatch=1',
    }),
    ...peers,
    bare(one, place, { client: 'sqlite', options: { batch: 1 }, jobs: DRAINED.single }),
    bare(many, place, { client: 'sqlite', jobs: DRAINED.batches }),
    bare(asking, place, { client: 'sqlite', options: { busy: 'retry' } }),
    theirs(limit, place, { client: 'onetransaction', jobs: DRAINED.more }),
  ];
  const attempt = attempts();
  const measure = async (contender) => {
    const apart = contender.processes !== 'one' && {
      apart: await attempt(`${contender.name} apart`, () => on.apart(at(contender, 'apart'))),
    };
    if (contender.processes === 'two') return apart;
    return {
      ...(await on.enqueue(at(contender, 'enqueue'), [1, 64])),
      drain: await on.drain(at(contender, 'drain')),
      together: await attempt(`${contender.name} together`, () => on.together(at(contender, 'together'), 64)),
      ...apart,
    };
  };
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
  const { contenders: peers, tried } = await atTheirBest(
    [
      [
        theirs({ name: 'plainjob', kind: 'peer', package: 'plainjob', ...survives }, place, {
          client: 'plainjob',
          jobs: DRAINED.flushed,
        }),
        plainjobWith(full, 'enqueue', 'drain', 'together'),
      ],
    ],
    deciding(on, 128),
    context,
  );
  const contenders = [
    await ours('sqlite', workshop, { options: full, settings: 'synchronous=full', jobs: DRAINED.batches }),
    await ours('sqlite', workshop, {
      options: { ...full, groupCommit: 'off' },
      label: 'sqlite, no group commit',
      settings: 'synchronous=full, groupCommit=off',
      jobs: DRAINED.batches,
    }),
    await ours('sqlite', workshop, {
      options: { ...full, fuse: 'auto' },
      label: 'sqlite, fused',
      settings: 'synchronous=full, fuse=auto',
      jobs: DRAINED.batches,
    }),
    ...peers,
    bare(one, place, { client: 'sqlite', options: { ...full, batch: 1 }, jobs: DRAINED.flushed }),
    theirs(disk, place, { client: 'flush' }),
  ];
  const measure = async (contender) => {
    const enqueued = await on.enqueue(at(contender, 'enqueue'), [1, 128]);
    if (contender.drains === 'no') return enqueued;
    const drain = await on.drain(at(contender, 'drain'));
    return { ...enqueued, drain, together: await on.together(at(contender, 'together'), 64) };
  };
  const modes = {
    enqueue1: 'enqueue, 1 in flight',
    enqueue128: 'enqueue, 128 in flight',
    drain: 'pop and ack',
    together: 'enqueued and done, 64 in flight, one process',
  };
  const title = 'One SQLite file, WAL, synchronous=FULL';
  return family({ key: 'durable', title, modes, contenders, measure, tried }, context);
}
