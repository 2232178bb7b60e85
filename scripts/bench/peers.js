import { join } from 'node:path';
import { withLoops } from './children.js';
import { interleave, median, versus } from './numbers.js';
import { clientModule, withQueue } from './overhead.js';
import { contestant } from './setup.js';

const CLOSED = { inFlight: 64, warmMs: 400, durationMs: 800 };
const DRAIN = { warm: 3000, jobs: 12_000 };
const PAYLOAD = 256;
/** plainjob's worker does one job at a time; the others keep what they are given in slots. */
const CONCURRENCY = 5;
/** Settings of piscina; the best in this run is what `threads` is held against. */
const PISCINA = {
  'one task a thread': { concurrentTasksPerWorker: 1 },
  '64 tasks a thread': { concurrentTasksPerWorker: 64 },
  '64 tasks a thread, atomics async, no timing': {
    concurrentTasksPerWorker: 64,
    atomics: 'async',
    recordTiming: false,
  },
};

/** What people would use in our backends' place, side by side with them. */
export async function peers(context) {
  return [...(await sqlite(context)), ...(await threads(context))];
}

async function sqlite({ rounds, workshop, say }) {
  const chosen = await contestant('sqlite');
  const contenders = {
    sqlite: { module: workshop.plain('adapters/sqlite.js'), options: chosen.ref.options },
    plainjob: { module: clientModule('plainjob'), options: {} },
    statements: { module: clientModule('sqlite'), options: { batch: 1 } },
  };
  const names = { plainjob: 'plainjob', statements: 'bare statements, a job each' };
  const modes = {
    'end to end, one process': { key: 'one', target: 6 },
    'end to end, enqueuer and worker apart': { key: 'two', target: 6 },
    drain: { key: 'drain', target: 8 },
  };
  const arm = (contender) => () =>
    withQueue(chosen, workshop, async (plan) => ({
      one: await together(plan, contender),
      drain: await drained(plan, contender),
      two: await apart(plan, contender),
    }));
  const arms = Object.fromEntries(Object.entries(contenders).map(([name, contender]) => [name, arm(contender)]));
  const seen = await interleave(rounds, arms, (what) => say(`peers of sqlite: ${what}`));
  return Object.entries(modes).flatMap(([mode, { key, target }]) =>
    Object.entries(names).map(([peer, label]) =>
      versus(`sqlite: ${mode}`, ['sqlite', seen.sqlite[key]], [label, seen[peer][key]], {
        ...(peer === 'plainjob' && { target }),
      }),
    ),
  );
}

async function threads({ rounds, workshop, say }) {
  const chosen = await contestant('threads');
  const arm = (module, options) => () =>
    withQueue(chosen, workshop, async (plan) => ({ one: await together(plan, { module, options }, 2) }));
  const arms = {
    threads: arm(workshop.plain('adapters/threads.js'), chosen.ref.options),
    postMessage: arm(clientModule('threads'), {}),
    ...Object.fromEntries(Object.entries(PISCINA).map(([name, o]) => [name, arm(clientModule('piscina'), o)])),
  };
  const seen = await interleave(rounds, arms, (what) => say(`peers of threads: ${what}`));
  const [best] = Object.keys(PISCINA).sort((a, b) => median(seen[b].one) - median(seen[a].one));
  const ours = ['threads', seen.threads.one];
  const what = 'threads: 2 threads, 64 in flight';
  return [
    versus(what, ours, [`piscina, ${best}`, seen[best].one], { target: 3 }),
    versus(what, ours, ['bare postMessage, lists', seen.postMessage.one]),
  ];
}

const loopPlan = (plan, contender, concurrency = CONCURRENCY) => ({
  ...plan,
  ...contender,
  concurrency,
  payloadBytes: PAYLOAD,
});

/** One process keeps 64 jobs unfinished and executes them. */
function together(plan, contender, concurrency) {
  return withLoops([loopPlan(plan, contender, concurrency)], ([loop]) => loop.ask('closed', CLOSED));
}

/** One process keeps 64 jobs unfinished, another executes them and counts in a file. */
function apart(plan, contender) {
  const file = join(plan.dir, 'count');
  const both = loopPlan(plan, contender);
  return withLoops([both, both], async ([producer, worker]) => {
    await worker.ask('serve', file);
    const rate = await producer.ask('feed', { ...CLOSED, file });
    await worker.ask('stop');
    return rate;
  });
}

/** A worker empties what was enqueued before it began. */
function drained(plan, contender) {
  return withLoops([loopPlan(plan, contender)], async ([loop]) => {
    await loop.ask('enqueue', DRAIN.warm);
    await loop.ask('drain', DRAIN.warm);
    await loop.ask('enqueue', DRAIN.jobs);
    return loop.ask('drain', DRAIN.jobs);
  });
}
