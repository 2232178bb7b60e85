import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, withLoops } from '../../scripts/bench/children.js';
import { counter } from '../../scripts/bench/closed.js';
import { contestant, load } from '../../scripts/bench/setup.js';
import { bare, ours, theirs } from '../lib/contenders.js';
import { family } from '../lib/family.js';
import { allFilled, prefilled } from '../lib/prefilled.js';

const LOAD = { ratePerS: 400, warmMs: 300 };
/**
 * 2,000 requests a level, of which a p99 leaves 20. Peers get half of that: where requests pile up, the p99 grows with the time
 * that one looks on, and what has piled up must be answered before the next.
 */
const WATCHED_MS = { ours: 5000, others: 2600 };
const REQUEST_MS = 1;
/** More than a worker works off while it is watched. */
const WAITING = {
  sqlite: 1_000_000,
  'sqlite without gaps': 1_000_000,
  plainjob: 200_000,
  'statements, 100 at a time': 1_000_000,
  'statements, 100, asked again': 1_000_000,
};
const ms = { unit: 'ms', better: 'lower' };
const MODES = {
  alone50: { label: 'web p50, no workers', ...ms },
  alone99: { label: 'web p99, no workers', ...ms },
  busy50: { label: 'web p50, workers saturated', ...ms },
  busy99: { label: 'web p99, workers saturated', ...ms },
  jobs: { label: 'jobs meanwhile', unit: 'jobs/s', better: 'higher' },
  others: { label: 'processor that other programs took', unit: '%' },
};

/** What workers of another process do to a web server that enqueues into the same SQLite file. */
export async function web({ workshop, ...context }) {
  const place = await contestant('sqlite', {});
  const promise = { delivery: 'at-least-once', durability: 'process-crash' };
  const peer = {
    name: 'plainjob',
    kind: 'peer',
    package: 'plainjob',
    settings: '1 worker, no wait between two looks',
    ...promise,
  };
  const many = {
    name: 'statements, 100 at a time',
    package: 'better-sqlite3',
    settings: "SQLite's own busy handler, 5 s",
    ...promise,
  };
  const asking = {
    name: 'statements, 100, asked again',
    package: 'better-sqlite3',
    settings: 'the same without the busy handler: asked again at the next turn',
    ...promise,
  };
  const all = [
    await ours('sqlite', workshop, { options: {} }),
    await ours('sqlite', workshop, { options: { gap: 0 }, label: 'sqlite without gaps', settings: 'gap=0' }),
    theirs(peer, place, { client: 'plainjob', options: { pollIntervall: 0 } }),
    bare(many, place, { client: 'sqlite' }),
    bare(asking, place, { client: 'sqlite', options: { busy: 'retry' } }),
  ];
  const iterations = await spinsFor(REQUEST_MS);
  const filled = {};
  const fill = async (contender) => {
    context.say(`web: ${contender.name} is filled`);
    filled[contender.name] = await prefilled(contender, WAITING[contender.name], workshop);
  };
  const contenders = await allFilled(all, fill, context);
  const measure = ({ name, kind }) => {
    const order = { ...LOAD, durationMs: kind === 'ours' ? WATCHED_MS.ours : WATCHED_MS.others };
    return filled[name]((plan) => withWeb({ ...plan, iterations, socket: join(plan.dir, 'web.sock') }, levels(order)));
  };
  const title = 'A web server beside saturated workers of another process, one SQLite file';
  return family({ key: 'web', title, modes: MODES, contenders, measure }, context);
}

/** The web server alone, then beside a worker. @param order what the load generator is told */
const levels = (order) => async (plan, server, generator) => {
  const { quantile } = await load('stats/quantile.js');
  const others = await watchOthers([server, generator]);
  const alone = await generator.ask('run', order);
  const file = join(plan.dir, 'count');
  const done = counter(file);
  return withLoops([plan], async ([worker]) => {
    await worker.ask('serve', file);
    const [from, began] = [done.get(), performance.now()];
    const busy = await generator.ask('run', order);
    const jobs = ((done.get() - from) * 1000) / (performance.now() - began);
    if (jobs === 0) throw new Error('the worker did nothing while the web server was watched');
    return {
      alone50: quantile(alone, 0.5),
      alone99: quantile(alone, 0.99),
      busy50: quantile(busy, 0.5),
      busy99: quantile(busy, 0.99),
      jobs,
      others: others(worker),
    };
  });
};

/**
 * What these processes do not use of the machine from now on: percent of all cores, with what the hypervisor took.
 * @returns a function that is given one that has been started since
 */
async function watchOthers(children) {
  const { startNoise } = await load('engine/noise.js');
  const { parseCpuMs } = await load('engine/footprint.js');
  // From outside: a worker of peers that never gives way answers nobody.
  const used = ({ pid }) => {
    try {
      return parseCpuMs(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return 0; // not Linux, where nothing is known of others either
    }
  };
  const before = children.map(used);
  const stop = startNoise();
  return (started) => {
    const own = children.reduce((sum, child, k) => sum + used(child) - before[k], used(started));
    const { otherCpuPercent, stealPercent } = stop(own);
    return otherCpuPercent + stealPercent;
  };
}

async function withWeb(plan, use) {
  const server = startChild(new URL('../web/server.js', import.meta.url), plan, 'the web server');
  const generator = startChild(new URL('../web/load.js', import.meta.url), plan, 'the load generator');
  try {
    await server.ask('ready');
    return await use(plan, server, generator);
  } finally {
    await Promise.all([generator.end(), server.end()]);
  }
}

/** Iterations of the loop of jobbench's own work that take so long here, by the try that was disturbed least. */
async function spinsFor(wantedMs) {
  const { spin } = await load('work/body.js');
  const tries = Array.from({ length: 7 }, () => {
    const from = performance.now();
    spin(1_000_000);
    return performance.now() - from;
  });
  return Math.round((wantedMs * 1_000_000) / Math.min(...tries));
}
