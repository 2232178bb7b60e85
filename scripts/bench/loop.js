// A bare loop in a process of its own: the calls of a session, and nothing else. No stamps, no event logs.
import { answer } from './answer.js';
import { closed, counter, feed } from './closed.js';
import { pickups, pushes } from './paced.js';
import { enqueueFor, kept } from './timed.js';

const SKIP = 0.1; // as the throughput scenario: rates count from the completion at which a tenth was done
const IN_FLIGHT = 64;
const BULK = 1000;
/**
 * An enqueue may resolve without leaving the microtask queue. As the harness does, and any program must, the loop then gives way:
 * it asks for a turn of the event loop, and waits for it only where it has not come by itself so many calls later.
 */
const ASKS_AFTER = 250;
const WAITS_AFTER = 750;

const plan = JSON.parse(process.argv[2]);
const { default: exported, connect } = await import(plan.module);
const session = await (exported?.connect ?? connect)(plan.address, plan.options);
const text = 'x'.repeat(plan.payloadBytes);
const payloads = Array.from({ length: 64 }, (_, k) => `${k}${text}`.slice(0, plan.payloadBytes));
const work = { kind: 'noop' };
const { queues = ['default'] } = plan;
let made = 0;
const nextJob = () => {
  const index = made++;
  return { index, queue: queues[index % queues.length], work, payload: payloads[index & 63] };
};

let running;
let total = 0;
let settled = () => undefined;
const count = () => {
  total++;
  settled();
};
function start() {
  const abort = new AbortController();
  const runner = { concurrency: plan.concurrency, signal: abort.signal, handle() {}, host: plan.host, settled: count };
  running = { abort, done: session.run(runner) };
}

const calls = {
  ping: async () => undefined,
  /** Rate of `jobs` enqueue calls, 64 in flight. */
  async enqueue(jobs) {
    const end = made + jobs;
    const rate = completions(jobs);
    let next = made + ASKS_AFTER;
    let giveWay;
    const turn = () =>
      new Promise((resolve) => {
        setImmediate(() => {
          giveWay = undefined;
          next = made + ASKS_AFTER;
          resolve();
        });
      });
    const lane = async () => {
      while (made < end) {
        await session.enqueue(nextJob());
        rate.one();
        if (made < next) continue;
        if (giveWay === undefined) {
          giveWay = turn();
          next = made + WAITS_AFTER;
        } else await giveWay;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    return rate.perS();
  },
  /** Processor time of this process so far, ms. */
  async cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  async start() {
    start();
  },
  async stop() {
    running.abort.abort();
    await running.done;
  },
  /** Resolves when so many jobs have settled since the process began. */
  async settled(jobs) {
    if (total < jobs) await until(() => total >= jobs);
  },
  /** Starts working; the rate at which `jobs` waiting jobs settle. */
  async drain(jobs) {
    const rate = completions(jobs);
    const all = new Promise((resolve) => {
      settled = () => {
        if (rate.one()) resolve();
      };
    });
    start();
    await all;
    settled = () => undefined;
    await calls.stop();
    return rate.perS();
  },
  /** Jobs by the bulk path, a thousand a call; how many of them a second. */
  async fill(jobs) {
    const from = performance.now();
    for (let left = jobs; left > 0; left -= BULK) {
      await session.enqueueMany(Array.from({ length: Math.min(BULK, left) }, nextJob));
    }
    return (jobs * 1000) / (performance.now() - from);
  },
  /** Commands that the private server has executed so far, without those of this question. */
  queries: async () => (await session.queries())?.count,
  /** Rate of enqueue calls for a time, and how many there were. */
  enqueueFor: (order) => enqueueFor({ ...order, session, nextJob, made: () => made }),
  /** Jobs per second at a backlog that is kept at its depth; what refilling costs is left out. */
  kept: (order) =>
    kept({ ...order, session, nextJob, start, stop: () => calls.stop(), onSettled: (f) => (settled = f) }),
  closed: (order) => closed({ ...order, session, nextJob, start, stop: calls.stop, onSettled: (f) => (settled = f) }),
  feed: (order) => feed({ ...order, session, nextJob }),
  pushes: (order) => pushes({ ...order, session, nextJob }),
  pickups: ({ file, ...order }) => pickups({ ...order, settled: counter(file).get, session, nextJob }),
  /** Works for a producer elsewhere, and tells it by a file how many have settled. */
  async serve(file) {
    const tell = counter(file);
    settled = () => tell.set(total);
    start();
  },
};

answer(calls);

function until(reached) {
  return new Promise((resolve) => {
    settled = () => {
      if (!reached()) return;
      settled = () => undefined;
      resolve();
    };
  });
}

function completions(jobs) {
  const first = Math.floor(jobs * SKIP) + 1;
  let seen = 0;
  let from = 0;
  let to = 0;
  return {
    one() {
      if (++seen === first) from = performance.now();
      if (seen !== jobs) return false;
      to = performance.now();
      return true;
    },
    perS: () => ((jobs - first) * 1000) / (to - from),
  };
}
