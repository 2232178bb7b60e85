import { startProxy, type TcpProxy, type Weather } from '../servers/proxy.js';
import { type Arena, inArena } from './arena.js';
import { type Case, type Context, type Found, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { startAll } from './crash.js';
import { saidOf, together } from './found.js';
import { toldOf } from './history.js';
import { goOn } from './server.js';
import { ifStruck, occupiedWorkers } from './struck.js';

const TRIES = 5;
const LOOK_MS = 50;
/** Jobs long enough that some are in hand when the network breaks, so that it is their acks that must get through. */
const WORK_MS = 200;
const WORKERS = [0, 1] as const;
/**
 * A connection that lost bytes is of no use when the network is back, and is given up when what was asked on it ran into its
 * deadline: until then leases may lapse that were to be renewed on it, although other connections of the worker go on. So long
 * that is borne.
 */
const HEALS_MS = 10_000;
/** Jobs that come when all is well again: nothing excuses what becomes of them. */
const AFTERWARDS = 10;
const BAD: readonly (readonly [Weather, string])[] = [
  ['reset', 'connections reset'],
  ['blackhole', 'a black hole'],
  ['latency', '50 ms of latency'],
  ['drip', 'a few bytes at a time'],
];

/** A proxy of ours stands between the server and everybody. */
export const badNetwork: Case = {
  name: 'on a broken network enqueue ends in time, and all go on when it is back',
  waits: 'for leases',
  applies: ({ topology }, adapter) =>
    topology === 'shared' && adapter?.harms !== undefined && adapter.traits.store === undefined,
  async run(context) {
    // Jobs whose acks were lost come back when leases lapse: two kinds of weather wait for that at once.
    const parts = [...(await atOnce(BAD.slice(0, 2), context)), ...(await atOnce(BAD.slice(2), context))];
    return together(parts.map((found, n) => saidOf(BAD[n]?.[1] ?? '', found)));
  },
};

/** All of them have ended when it rejects. */
async function atOnce(bad: typeof BAD, context: Context): Promise<Found[]> {
  const each = bad.map(([weather]) => under(weather, context));
  await Promise.allSettled(each);
  return Promise.all(each);
}

async function under(weather: Weather, context: Context): Promise<Found> {
  const hungMs = context.hungMs ?? HUNG_MS;
  let proxy: TcpProxy | undefined;
  const cast = {
    workers: WORKERS.length,
    work: { kind: 'io', ms: WORK_MS },
    async reach(address: Arena['address']) {
      const server = context.adapter.harms?.(address).server;
      if (server === undefined) return address;
      proxy = await startProxy(server.socket);
      return server.through(proxy.port);
    },
  } as const;
  try {
    return await inArena(context, cast, async (arena) => {
      if (proxy === undefined) return { violations: [], notTested: 'the server is not one that jobbench started' };
      await startAll(arena, WORKERS.length);
      for (let n = 0; n < 30; n++) await arena.enqueue();
      await occupiedWorkers(arena, WORKERS);
      const atMs = arena.clock();
      proxy.become(weather);
      const tries = await Promise.all(Array.from({ length: TRIES }, () => timed(arena, hungMs)));
      await arena.pause(300);
      proxy.become('pass');
      const backMs = arena.clock();
      const still = await goOn(arena);
      if (still.length === 0) await healed(arena, backMs);
      arena.note({ kind: 'cut', atMs, untilMs: arena.clock(), held: 0 });
      for (let n = 0; n < AFTERWARDS; n++) await arena.enqueue();
      await arena.rest();
      const found = ifStruck(counted(await arena.end(), context.traits));
      const hung = tries.filter(({ how }) => how === 'hung').length;
      const longest = Math.max(...tries.map(({ ms }) => ms));
      const accepted = tries.filter(({ how }) => how === 'accepted').length;
      return {
        ...found,
        violations: [
          ...found.violations,
          ...still,
          ...(hung > 0 ? [`${hung} of ${TRIES} enqueues had not ended after ${seconds(hungMs)}`] : []),
        ],
        facts: [
          `${accepted} of ${TRIES} enqueues accepted, each told within ${seconds(longest)}`,
          ...(found.facts ?? []),
        ],
      };
    });
  } finally {
    await proxy?.[Symbol.asyncDispose]();
  }
}

/** Resolves when each worker has told of a job that it began since then: its ways to the server are back. Or when it never does. */
async function healed(arena: Arena, sinceMs: number): Promise<void> {
  const isBack = (n: number) =>
    arena
      .look()
      .jobs.some((job) =>
        job.runs.some(
          (run) => run.process === arena.handsOf(n) && run.started >= sinceMs && Number.isFinite(toldOf(job, run)),
        ),
      );
  while (!WORKERS.every(isBack) && arena.clock() < sinceMs + HEALS_MS) {
    // More than one of them can do, so that there is some for the other.
    for (let n = 0; n < 3; n++) await arena.enqueue();
    await arena.pause(LOOK_MS);
  }
}

async function timed(arena: Arena, hungMs: number) {
  const from = arena.clock();
  const { how } = await arena.attempt(arena.session, 'on a broken network', hungMs);
  return { how, ms: arena.clock() - from };
}
