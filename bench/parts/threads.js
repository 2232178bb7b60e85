import { contestant } from '../../scripts/bench/setup.js';
import { bare, ours, theirs } from '../lib/contenders.js';
import { at, atTheirBest, family, optionsOf } from '../lib/family.js';
import { stage } from '../lib/stage.js';
import { attempts } from '../lib/turns.js';

const THREADS = 2;
const MODES = { flight1: '1 in flight', flight64: '64 in flight' };
const SETTINGS = {
  piscina: optionsOf({
    'one task a thread (as shipped)': {},
    '64 tasks a thread': { concurrentTasksPerWorker: 64 },
    '64 tasks a thread, atomics async, no timing': {
      concurrentTasksPerWorker: 64,
      atomics: 'async',
      recordTiming: false,
    },
    '64 tasks a thread, atomics sync, no timing': {
      concurrentTasksPerWorker: 64,
      atomics: 'sync',
      recordTiming: false,
    },
  }),
  tinypool: optionsOf({
    'one task a thread (as shipped)': {},
    '64 tasks a thread': { concurrentTasksPerWorker: 64 },
    '64 tasks a thread, no atomics': { concurrentTasksPerWorker: 64, useAtomics: false },
  }),
  poolifier: optionsOf({
    'least used (as shipped)': {},
    'round robin': { workerChoiceStrategy: 'ROUND_ROBIN' },
    'round robin, a queue for each thread': {
      workerChoiceStrategy: 'ROUND_ROBIN',
      enableTasksQueue: true,
      tasksQueueOptions: { concurrency: 64 },
    },
  }),
  // It gives a thread one task at a time; this is the order of those that wait.
  workerpool: optionsOf({ 'first in, first out (as shipped)': {}, 'last in, first out': { queueStrategy: 'lifo' } }),
};

/** Tasks that do nothing on two worker threads of this process: all is lost with it. */
export async function threads({ workshop, ...context }) {
  const on = stage(workshop);
  const place = await contestant('threads', {});
  const promise = { delivery: 'at-most-once', durability: 'memory' };
  const peer = (name) =>
    theirs({ name, kind: 'peer', package: name, ...promise }, place, { client: name, concurrency: THREADS });
  const { contenders, tried } = await atTheirBest(
    Object.entries(SETTINGS).map(([name, variants]) => [peer(name), { flight64: variants }]),
    { flight64: (contender) => on.together(contender, 64) },
    context,
  );
  const post = {
    name: 'postMessage, bare',
    package: 'node',
    settings: 'lists of up to 128',
    ...promise,
  };
  const everybody = [
    await ours('threads', workshop, { concurrency: THREADS }),
    await ours('memory', workshop, { concurrency: THREADS, settings: 'an array on the same event loop: the floor' }),
    ...contenders,
    bare(post, place, { client: 'threads', concurrency: THREADS }),
  ];
  const attempt = attempts();
  const measure = async (contender) => ({
    flight64: await attempt(`${contender.name} 64`, () => on.together(at(contender, 'flight64'), 64)),
    flight1: await attempt(`${contender.name} 1`, () => on.together(at(contender, 'flight64'), 1)),
  });
  const title = 'Two worker threads of one process';
  return family({ key: 'threads', title, modes: MODES, contenders: everybody, measure, tried }, context);
}
