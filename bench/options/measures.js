import { join } from 'node:path';
import { Redis } from 'ioredis';
import { withLoops } from '../../scripts/bench/children.js';
import { withQueue } from '../../scripts/bench/overhead.js';
import { crowd } from '../lib/crowd.js';
import { planOf, stage } from '../lib/stage.js';

const BULK = { warm: 20_000, jobs: 200_000 };
const WATCHED = { warmMs: 300, durationMs: 1200 };
const PUSHES = { everyMs: 2, durationMs: WATCHED.durationMs };
const BULLMQ = { alone: 8_000, together: 30_000, warmMs: 300, durationMs: 700 };
const IDLE = { jobs: 20, pauseMs: 40, watchedMs: 1000 };

/**
 * How the questions of questions.js are answered: each takes a contender, starts fresh processes, and resolves to numbers by
 * the keys of the question's modes.
 * @param copy of prefilled.js, with `waiting` jobs in it, for questions about a queue that has some
 */
export function measures({ workshop, copy, waiting }) {
  const on = stage(workshop);
  const fresh = ({ run }, use) => withQueue(run.place, workshop, (plan) => use(planOf(plan, run)));
  // The file was made by the adapter as shipped; who works on it has options of its own.
  const filled = ({ run }, use) => copy((plan) => use({ ...plan, options: run.options }));
  return {
    drain: (one) =>
      filled(one, (plan) => withLoops([plan], async ([loop]) => ({ drain: await loop.ask('drain', waiting) }))),
    enqueue: (one) => on.enqueue(one, [1, 64]),
    bulk: (one) => fresh(one, (plan) => withLoops([plan], bulk)),
    two: (one) => filled(one, two),
    together: async (one) => ({ flight1: await on.together(one, 1), flight64: await on.together(one, 64) }),
    remembered: (one) => fresh(one, (plan) => withLoops([plan], ([loop]) => remembered(loop, plan.address))),
    crowd: (one) =>
      fresh(one, async (plan) => {
        await withLoops([plan], ([loop]) => loop.ask('fill', BULLMQ.together));
        return crowd(plan, { ...BULLMQ, workers: one.run.workers });
      }),
    idle: (one) => fresh(one, (plan) => withLoops([plan, plan], (loops) => idle(loops, join(plan.dir, 'count')))),
  };
}

async function bulk([loop]) {
  await loop.ask('fill', BULK.warm);
  return { bulk: await loop.ask('fill', BULK.jobs) };
}

/** Two workers, and somebody who enqueues beside them. */
function two(plan) {
  const run = ([producer]) => producer.ask('pushes', PUSHES);
  return crowd(plan, { ...WATCHED, workers: 2, during: { plans: [plan], run } });
}

/** @returns the rate, and what the server remembers then, in MB */
async function remembered(loop, { url }) {
  await loop.ask('fill', BULLMQ.alone);
  const drain = await loop.ask('drain', BULLMQ.alone);
  const redis = new Redis(url);
  try {
    return { drain, memory: Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]) / 1e6 };
  } finally {
    redis.disconnect();
  }
}

/** How soon an idle worker takes a job, and what it asks and burns while there is none. */
async function idle([producer, worker], file) {
  await worker.ask('serve', file);
  const pickup = await producer.ask('pickups', { ...IDLE, file });
  const now = async () => ({
    at: performance.now(),
    commands: await producer.ask('queries'),
    cpu: await worker.ask('cpu'),
  });
  const before = await now();
  await new Promise((resolve) => setTimeout(resolve, IDLE.watchedMs));
  const after = await now();
  const perS = (key) => ((after[key] - before[key]) * 1000) / (after.at - before.at);
  return { pickup, commands: perS('commands'), cpu: perS('cpu') };
}
