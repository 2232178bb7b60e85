// The producer and the worker of the harness in one process, asked as the bare loop of loop.js is: with stamps and event logs.
import { answer } from './answer.js';
import { load } from './setup.js';

const IN_FLIGHT = 64;

const plan = JSON.parse(process.argv[2]);
const { runClock } = await load('core/clock.js');
const { settledCount } = await load('engine/roles/backlog.js');
const { openProducer } = await load('engine/roles/producer.js');
const { openWorker } = await load('engine/roles/worker.js');
const { default: adapter } = await import(plan.module);
const session = await adapter.connect(plan.address, plan.options);
const clock = runClock(plan.host.epoch);
const count = settledCount();
const crashed = (error) => {
  throw error;
};
const worker = openWorker(session, plan.host, plan.concurrency, clock, (total) => count.set(total), crashed);
const jobs = { queue: 'default', attempts: 1, payloadBytes: plan.payloadBytes, work: { kind: 'noop' } };
const { epoch, logDir, name } = plan.host;
const producing = { name, epoch, logDir, seed: 1, producer: { ordinal: 0, producers: 1, jobs }, threads: [] };
const producer = openProducer(producing, session, clock, count);

const calls = {
  ping: async () => undefined,
  async enqueue(most) {
    const load = { kind: 'count', jobs: most, inFlight: IN_FLIGHT, batch: 1, maxMs: 60_000 };
    await producer.produce({ name: 'enqueue', startMs: clock(), jobs: load });
  },
  start: async () => worker.start(),
  stop: () => worker.stop(),
  settled: (total) => new Promise((resolve) => count.when(total, resolve)),
  async drain(waiting) {
    const all = calls.settled(count.total + waiting);
    worker.start();
    await all;
    await worker.stop();
  },
  async cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

answer(calls);
