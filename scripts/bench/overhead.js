import { rmSync } from 'node:fs';
import { withLoops } from './children.js';
import { digits, interleave, median, skipped, versus } from './numbers.js';
import { ADAPTERS, contestant, load } from './setup.js';

const CONCURRENCY = 5;
const PAYLOAD = 256;
const LEAST = 0.95;
/** Clients that do the adapter's native calls without the adapter. */
const CLIENTS = {
  sqlite: { name: 'better-sqlite3 statements', of: ['enqueue', 'drain'] },
  redis: { name: 'BullMQ Queue and Worker', of: ['enqueue', 'drain'] },
  threads: { name: 'postMessage, lists of 128', of: ['drain'] },
};

/** The harness around an adapter against the same session in a bare loop, and the adapter against its client. */
export async function overhead({ rounds, workshop, say }) {
  const rows = [];
  for (const name of Object.keys(ADAPTERS)) {
    const chosen = await contestant(name);
    if (chosen.missing) {
      rows.push(skipped(`${name}: through the harness / bare loop`, chosen.missing.reason));
      continue;
    }
    const client = CLIENTS[name];
    const arms = {
      harness: () => throughHarness(chosen, workshop),
      bare: () => inBareLoop(chosen, workshop, workshop.plain(`adapters/${name}.js`)),
      ...(client && { client: () => inBareLoop(chosen, workshop, clientModule(name)) }),
    };
    const seen = await interleave(rounds, arms, (what) => say(`${name}: ${what}`));
    for (const verb of ['enqueue', 'drain']) {
      const [ours, theirs] = [seen.harness[verb], seen.bare[verb]];
      const row = versus(`${name}: ${verb}`, ['harness', ours], ['bare loop', theirs], { target: LEAST });
      rows.push({ ...row, ours: `${row.ours}, ${costText(ours, theirs)}` });
    }
    for (const verb of client?.of ?? []) {
      const [ours, theirs] = [seen.bare[verb], seen.client[verb]];
      rows.push(versus(`${name}: ${verb}`, ['adapter, bare loop', ours], [client.name, theirs]));
    }
  }
  return rows;
}

/** A ratio says little where a call is but an append to a list: what the harness adds to a job, in time. */
function costText(ours, theirs) {
  const ns = median(ours.map((rate, round) => 1e9 / rate - 1e9 / theirs[round]));
  return `${ns > 0 ? '+' : ''}${digits(Math.round(ns))} ns a job`;
}

export const clientModule = (name) => new URL(`./clients/${name}.js`, import.meta.url).href;

/** The phases of the throughput scenario with fixed counts, its rates computed by its own functions. */
async function throughHarness({ name, adapter, ref, traits }, workshop) {
  const { runTrial } = await load('engine/trial.js');
  const { rateOfCompletions } = await load('stats/rate.js');
  const { marks } = await load('scenarios/common/spans.js');
  const { enqueue, warm } = ADAPTERS[name];
  const count = (jobs) => ({ kind: 'count', jobs, inFlight: 64, batch: 1, maxMs: 30_000 });
  const phases = [
    { name: 'warm-up', workers: 'on', jobs: count(warm), until: 'settled' },
    { name: 'enqueue', workers: 'off', jobs: count(enqueue), until: 'produced' },
    { name: 'drain', workers: 'on', until: 'settled' },
  ];
  const work = { kind: 'noop' };
  const layout = {
    producers: 1,
    workers: 1,
    concurrency: CONCURRENCY,
    work,
    payloadBytes: PAYLOAD,
    attempts: 1,
    phases,
  };
  const fixed = { runId: 'self', seed: 1, timeoutMs: 60_000, spinsPerMs: 1, allowRemote: false, keep: false };
  const request = { ...fixed, name: 't', adapter, ref, traits, layout, scratchRoot: workshop.scratch() };
  const { failure, timeline } = await runTrial(request, new AbortController().signal);
  if (failure) throw failure;
  return {
    enqueue: rateOfCompletions(marks(timeline, 'enqueue', 'accepted'), 0.1),
    drain: rateOfCompletions(marks(timeline, 'enqueue', 'settled'), 0.1),
  };
}

/** The same counts in processes placed as the harness places them. */
async function inBareLoop({ name, adapter, ref, traits }, workshop, module) {
  const { enqueue, warm } = ADAPTERS[name];
  return withQueue({ adapter, ref }, workshop, async (plan) => {
    const full = { ...plan, module, options: ref.options, concurrency: CONCURRENCY, payloadBytes: PAYLOAD };
    return withLoops(traits.topology === 'shared' ? [full, full] : [full], async (loops) => {
      const [producer, worker = producer] = loops;
      await Promise.all(loops.map((loop) => loop.ask('ping')));
      await worker.ask('start');
      await producer.ask('enqueue', warm);
      await worker.ask('settled', warm);
      await worker.ask('stop');
      const enqueued = await producer.ask('enqueue', enqueue);
      return { enqueue: enqueued, drain: await worker.ask('drain', enqueue) };
    });
  });
}

/** An empty queue made by the adapter, and what hosts of its jobs need. */
export async function withQueue({ adapter, ref }, workshop, use) {
  const { takeEpoch } = await load('core/clock.js');
  const dir = workshop.scratch();
  const address = await adapter.create(ref.options, { dir, name: 'jobbench:self:t', allowRemote: false });
  const common = { epoch: takeEpoch(), logDir: dir, name: 'bare', spinsPerMs: 1, appDb: `${dir}/app.sqlite3` };
  try {
    return await use({ address, dir, host: { ...common, module: workshop.plain('work/handler.js') } });
  } finally {
    await adapter.destroy?.(address);
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
