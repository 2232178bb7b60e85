import { join } from 'node:path';
import { withLoops } from '../../scripts/bench/children.js';
import { withQueue } from '../../scripts/bench/overhead.js';

/**
 * With 16 bytes of payload a job is 85 bytes of JSON: `{"index":12345,"queue":"default","work":{"kind":"noop"},"payload":"..."}`.
 */
const PAYLOAD = 16;
const CONCURRENCY = 5;
const CLOSED = { inFlight: 64, warmMs: 200, durationMs: 400 };
const ENQUEUE = { warmMs: 100, durationMs: 200 };
/** So many keep most contenders busy for half a second or more; faster ones say how many they need. */
const JOBS = 20_000;

/** Ways to measure a contender. Each starts processes of its own on an empty queue of its own. */
export const stage = (workshop) => ({
  /** Enqueues with each number of calls in flight. @returns `{ enqueue1, enqueue64, ... }` in jobs/s */
  enqueue: ({ run }, inFlights) =>
    withQueue(run.place, workshop, (plan) =>
      withLoops([planOf(plan, run)], async ([loop]) => {
        const seen = {};
        for (const inFlight of inFlights)
          seen[`enqueue${inFlight}`] = (await loop.ask('enqueueFor', { ...ENQUEUE, inFlight })).perS;
        return seen;
      }),
    ),
  /** Drains a queue that was filled before with as many jobs as `run.jobs` says. @returns jobs/s, from the tenth that was done on */
  drain: ({ run }) =>
    withQueue(run.place, workshop, (plan) =>
      withLoops([planOf(plan, run)], async ([loop]) => {
        await loop.ask('fill', run.jobs ?? JOBS);
        return loop.ask('drain', run.jobs ?? JOBS);
      }),
    ),
  /** One process keeps `inFlight` jobs unfinished and executes them. @returns jobs/s */
  together: ({ run }, inFlight) =>
    withQueue(run.place, workshop, (plan) =>
      withLoops([planOf(plan, run)], ([loop]) => loop.ask('closed', { ...CLOSED, inFlight })),
    ),
  /** One process keeps 64 jobs unfinished, another executes them and counts in a file. @returns jobs/s */
  apart: ({ run }) =>
    withQueue(run.place, workshop, (plan) =>
      withLoops([planOf(plan, run), planOf(plan, run)], async ([producer, worker]) => {
        const file = join(plan.dir, 'count');
        await worker.ask('serve', file);
        const rate = await producer.ask('feed', { ...CLOSED, file });
        await worker.ask('stop');
        return rate;
      }),
    ),
});

export const planOf = (plan, { module, options, concurrency = CONCURRENCY, queues = ['default'] }) => ({
  ...plan,
  queues,
  module,
  options,
  concurrency,
  payloadBytes: PAYLOAD,
});
