import { contestant } from '../../scripts/bench/setup.js';
import { bare, ours, theirs } from '../lib/contenders.js';
import { atTheirBest, concurrencies, family } from '../lib/family.js';
import { stage } from '../lib/stage.js';

const MODES = {
  enqueue1: 'enqueue, 1 in flight',
  enqueue64: 'enqueue, 64 in flight',
  drain: 'pop and ack',
};
const MANY = concurrencies(50, 100);

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
      [await ours('redis', workshop), MANY],
      [await ours('redis-list', workshop), MANY],
      [bare(bull, place, { client: 'redis' }), MANY],
      [theirs(bee, place, { client: 'beequeue' }), MANY],
    ],
    async (contender) => (await on.queue(contender, [64])).drain,
    context,
  );
  const everybody = [...contenders, theirs(lists, place, { client: 'redislist' })];
  const measure = (contender) => on.queue(contender, [1, 64]);
  const title = 'redis-server on a unix socket, no persistence';
  return family({ key: 'redis', title, modes: MODES, contenders: everybody, measure, tried }, context);
}
