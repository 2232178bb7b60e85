import { seeded, seedFor } from '../core/random.js';
import { type Arena, inArena } from './arena.js';
import type { Case, Context, Found } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { ifStruck, killOccupied, occupiedWorkers } from './struck.js';

/** At the quick level nobody waits longer than this for a lease to lapse. */
const QUICK_RECOVERY_MS = 40_000;

const SIZES = {
  quick: { jobs: 1_000, producers: 2, workers: 3, kills: 3, everyMs: 350, work: { kind: 'io', ms: 8 } },
  full: { jobs: 20_000, producers: 4, workers: 8, kills: 10, everyMs: 900, work: { kind: 'io', ms: 5 } },
} as const;

/** Workers are killed one after another while jobs come in; each is started again, and one at least is always alive. */
export const workerKilled: Case = {
  name: 'a worker that is killed takes along at most what it had in its hands, and that comes back in time',
  about: 'delivery',
  waits: 'for leases',
  applies: ({ topology }) => topology === 'shared',
  async run(context) {
    const late = tooLate(context);
    if (late !== undefined) return late;
    const { jobs, producers, workers, kills, everyMs, work } = SIZES[context.level ?? 'quick'];
    const random = seeded(seedFor(context.seed, 'worker killed'));
    const cast = { producers, workers, concurrency: 4, work };
    return inArena(context, cast, async (arena) => {
      await startAll(arena, workers);
      const numbers = Array.from({ length: workers }, (_, n) => n);
      const ratePerS = (jobs / producers / (kills * everyMs)) * 1000;
      const load = { kind: 'open', arrivals: 'poisson', ratePerS, durationMs: kills * everyMs } as const;
      const producing = arena.produce(load);
      producing.catch(() => undefined); // awaited below
      for (let n = 0; n < kills; n++) {
        await arena.pause(everyMs * (0.3 + 0.5 * random()));
        await arena.revive(await killOccupied(arena, numbers, random()));
      }
      await producing;
      await arena.rest();
      return ifStruck(counted(await arena.end(), context.traits));
    });
  },
};

/** What a producer was told is accepted is the queue's, whatever becomes of the producer. */
export const producerKilled: Case = {
  name: 'a producer that is killed: what it was told is accepted is done',
  about: 'delivery',
  applies: ({ topology }) => topology === 'shared',
  async run(context) {
    const producers = context.level === 'full' ? 4 : 2;
    const random = seeded(seedFor(context.seed, 'producer killed'));
    const cast = { producers, workers: 1, work: { kind: 'noop' } } as const;
    return inArena(context, cast, async (arena) => {
      const producing = arena.produce({ kind: 'count', jobs: 500_000, inFlight: 4, batch: 1, maxMs: 20_000 });
      producing.catch(() => undefined); // awaited below
      await arena.pause(100);
      for (let n = 0; n < producers; n++) {
        await arena.pause(20 + 60 * random());
        const before = acceptedOf(arena);
        await arena.until(() => acceptedOf(arena) > before, 'a producer to have a job accepted, to be killed at it');
        await arena.kill(`producer-${n}`);
      }
      await producing;
      await arena.start(0);
      await arena.rest();
      return counted(await arena.end(), context.traits);
    });
  },
};

/** A deployment: workers get SIGTERM in the middle of their jobs, and start again. */
export const workerStopped: Case = {
  name: 'workers that are asked to stop under load lose and repeat nothing',
  about: 'delivery',
  applies: ({ topology }) => topology === 'shared',
  async run(context) {
    const stops = context.level === 'full' ? 12 : 4;
    const cast = { producers: 1, workers: 2, work: { kind: 'io', ms: 25 } } as const;
    return inArena(context, cast, async (arena) => {
      await startAll(arena, 2);
      const durationMs = stops * 200;
      const producing = arena.produce({ kind: 'open', arrivals: 'poisson', ratePerS: 300, durationMs });
      producing.catch(() => undefined); // awaited below
      for (let n = 0; n < stops; n++) {
        await arena.pause(100);
        await occupiedWorkers(arena, [n % 2]);
        await arena.stop(n % 2);
        await arena.pause(30);
        await arena.start(n % 2);
      }
      await producing;
      await arena.rest();
      return ifStruck(counted(await arena.end(), context.traits));
    });
  },
};

function acceptedOf(arena: Arena): number {
  return arena.look().jobs.filter(({ acceptedMs }) => acceptedMs !== undefined).length;
}

/** Why a case that waits for leases is left out at this level. */
export function tooLate({ level = 'quick', traits }: Context): Found | undefined {
  const { recoveryMs } = traits;
  if (level === 'full' || recoveryMs === undefined || recoveryMs <= QUICK_RECOVERY_MS) return undefined;
  const notTested = `jobs of a killed worker may take ${seconds(recoveryMs)} to come back: use --level full, or shorter leases`;
  return { violations: [], notTested };
}

export async function startAll(arena: Arena, workers: number): Promise<void> {
  await Promise.all(Array.from({ length: workers }, (_, n) => arena.start(n)));
}
