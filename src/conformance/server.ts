import type { Arena } from './arena.js';
import { inArena } from './arena.js';
import type { Case } from './case.js';
import { counted } from './counted.js';
import { startAll, tooLate } from './crash.js';
import { ifStruck, occupiedWorkers } from './struck.js';

export const NOT_OURS =
  'the server is not one that jobbench started, so it is left alone: unset the URL to get a private one';
const AFTER = 20;

const SIZES = {
  quick: { jobs: 400, producers: 2, workers: 2, kills: 1 },
  full: { jobs: 2_000, producers: 4, workers: 4, kills: 3 },
} as const;

/** The server is killed under load and started again on what it left. Who keeps all of it in memory claims nothing here. */
export const serverKilled: Case = {
  name: 'what is accepted survives a kill of the server',
  about: 'durability',
  waits: 'for leases',
  applies: ({ topology, durability }, adapter) =>
    topology === 'shared' &&
    durability !== 'memory' &&
    adapter?.harms !== undefined &&
    adapter.traits.store === undefined,
  async run(context) {
    const { level = 'quick', traits } = context;
    const { jobs, producers, workers, kills } = SIZES[level];
    const late = tooLate(context);
    if (late !== undefined) return late;
    // Jobs that are slow enough that some always wait.
    const cast = { producers, workers, work: { kind: 'io', ms: level === 'full' ? 100 : 60 } } as const;
    return inArena(context, cast, async (arena) => {
      const server = context.adapter.harms?.(arena.address).server;
      if (server === undefined) return { violations: [], notTested: NOT_OURS };
      await startAll(arena, workers);
      const lasting = 1_500 * kills;
      const load = {
        kind: 'open',
        arrivals: 'poisson',
        ratePerS: jobs / producers / (lasting / 1000),
        durationMs: lasting,
      } as const;
      const producing = arena.produce(load);
      producing.catch(() => undefined); // awaited below
      let firstMs = Number.POSITIVE_INFINITY;
      for (let n = 0; n < kills; n++) {
        await arena.pause(700);
        await occupiedWorkers(arena, [0, 1]);
        const atMs = arena.clock();
        firstMs = Math.min(firstMs, atMs);
        process.kill(server.pid(), 'SIGKILL');
        await arena.pause(100);
        await server.restart();
        arena.note({ kind: 'server', atMs, untilMs: arena.clock(), held: 0 });
        await arena.pause(500);
      }
      await producing;
      const still = await goOn(arena);
      // The way to the server was cut, too, until the last of them had found it again.
      arena.note({ kind: 'cut', atMs: firstMs, untilMs: arena.clock(), held: 0 });
      await arena.rest();
      const found = counted(await arena.end(), traits);
      return ifStruck({ ...found, violations: [...found.violations, ...still] });
    });
  },
};

/** Enqueues until it is accepted again, and looks whether workers take it. */
export async function goOn(arena: Arena): Promise<string[]> {
  let accepted = 0;
  const before = new Set(arena.look().jobs.map(({ index }) => index));
  const trying = async () => {
    if ((await arena.enqueue()) === 'accepted') accepted++;
    return accepted >= AFTER;
  };
  try {
    await arena.until(trying, 'enqueue to be accepted again');
  } catch {
    return [`accepted only ${accepted} of ${AFTER} jobs after the server was back`];
  }
  try {
    // What was in hand may be told of late: only a job that came afterwards shows that somebody takes jobs.
    const taken = () => arena.look().jobs.some(({ index, runs }) => !before.has(index) && runs.length > 0);
    await arena.until(taken, 'workers to go on');
    return [];
  } catch {
    return ['its workers did not go on after the server was back'];
  }
}

/** Producers and workers all at once, and the server where it is ours: what was accepted is there for those who come after. */
export const everybodyKilled: Case = {
  name: 'what is accepted survives a kill of every process at once',
  about: 'durability',
  waits: 'for leases',
  applies: ({ topology, durability }) => topology === 'shared' && durability !== 'memory',
  async run(context) {
    const late = tooLate(context);
    if (late !== undefined) return late;
    const cast = { producers: 2, workers: 2, work: { kind: 'io', ms: 50 } } as const;
    return inArena(context, cast, async (arena) => {
      const server = context.adapter.harms?.(arena.address).server;
      await startAll(arena, 2);
      const producing = arena.produce({ kind: 'open', arrivals: 'poisson', ratePerS: 150, durationMs: 1_500 });
      producing.catch(() => undefined); // awaited below
      await arena.pause(700);
      await occupiedWorkers(arena, [0, 1]);
      const atMs = arena.clock();
      if (server !== undefined) process.kill(server.pid(), 'SIGKILL');
      await Promise.all((['producer-0', 'producer-1', 'worker-0', 'worker-1'] as const).map(arena.kill));
      if (server !== undefined) {
        await server.restart();
        arena.note({ kind: 'server', atMs, untilMs: arena.clock(), held: 0 });
      }
      await producing;
      await arena.revive(0);
      await arena.rest();
      // With nobody there to take jobs over, the time in which they come back says nothing.
      const { recoveryMs: _, ...promised } = context.traits;
      return ifStruck(counted(await arena.end(), promised));
    });
  },
};
