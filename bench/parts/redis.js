import { contestant } from '../../scripts/bench/setup.js';
import { bare, ours, theirs } from '../lib/contenders.js';
import { at, atTheirBest, concurrencies, family } from '../lib/family.js';
import { stage } from '../lib/stage.js';

const MODES = {
  enqueue1: 'enqueue, 1 in flight',
  enqueue64: 'enqueue, 64 in flight',
  drain: 'pop and ack',
};
const MANY = { drain: concurrencies(50, 100, 200, 400, 1000) };

/** Queues on a private redis-server, reached by its unix socket, without persistence: nothing survives the server's end. */
export async function redis({ workshop, ...context }) {
  const on = stage(workshop);
  const place = await contestant('redis', {});
  const memory = { delivery: 'at-least-once', durability: 'memory' };
  const bull = { name: 'BullMQ, bare', package: 'bullmq', kind: 'peer', ...memory };
  const bee = { name: 'bee-queue', package: 'bee-queue', kind: 'peer', ...memory };
  const lists = {
    name: 'lists, bare',
    kind: 'bare',
    package: 'ioredis',
    ...memory,
    delivery: 'at-most-once',
    settings: 'LPUSH; RPOP 100',
  };
  const { contenders, tried } = await atTheirBest(
    [
      [await ours('redis', workshop, { jobs: 10_000 }), MANY],
      [await ours('redis-list', workshop, { jobs: 80_000 }), MANY],
      [bare(bull, place, { client: 'redis', jobs: 10_000 }), MANY],
      [theirs(bee, place, { client: 'beequeue', jobs: 30_000 }), MANY],
    ],
    { drain: on.drain },
    context,
  );
  const everybody = [...contenders, theirs(lists, place, { client: 'redislist', jobs: 250_000 })];
  const measure = async (contender) => ({
    ...(await on.enqueue(contender, [1, 64])),
    drain: await on.drain(at(contender, 'drain')),
  });
  const title = 'redis-server on a unix socket, no persistence';
  return family({ key: 'redis', title, modes: MODES, contenders: everybody, measure, tried }, context);
}
