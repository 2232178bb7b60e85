import { inArena } from './arena.js';
import { type Case, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { startAll, tooLate } from './crash.js';
import { goOn, NOT_OURS } from './server.js';
import { ifStruck, occupiedWorkers } from './struck.js';

const JOBS = 30;
const TRIES = 5;

/**
 * The server is gone until each enqueue has ended in whatever way, and is started again on what it left. Whether that is all that
 * was accepted is another promise, which not every server makes.
 */
export const serverBack: Case = {
  name: 'after the server was killed and started again workers go on by themselves, and enqueue ends in time',
  waits: 'for leases',
  applies: ({ topology }, adapter) =>
    topology === 'shared' && adapter?.harms !== undefined && adapter.traits.store === undefined,
  async run(context) {
    const { traits, hungMs = HUNG_MS } = context;
    const late = tooLate(context);
    // What is kept in memory only is gone with the server, so that nobody waits for its leases.
    if (late !== undefined && traits.durability !== 'memory') return late;
    return inArena(context, { workers: 2, work: { kind: 'io', ms: 60 } }, async (arena) => {
      const server = context.adapter.harms?.(arena.address).server;
      if (server === undefined) return { violations: [], notTested: NOT_OURS };
      await startAll(arena, 2);
      for (let n = 0; n < JOBS; n++) await arena.enqueue();
      await occupiedWorkers(arena, [0, 1]);
      const atMs = arena.clock();
      process.kill(server.pid(), 'SIGKILL');
      const tries = await Promise.all(
        Array.from({ length: TRIES }, () => arena.attempt(arena.session, 'while the server is away', hungMs)),
      );
      const longest = arena.clock() - atMs;
      await server.restart();
      arena.note({ kind: 'server', atMs, untilMs: arena.clock(), held: 0 });
      const still = await goOn(arena);
      // The way to the server was cut, too, until the last of them had found it again.
      arena.note({ kind: 'cut', atMs, untilMs: arena.clock(), held: 0 });
      await arena.rest();
      const found = counted(await arena.end(), { ...traits, durability: 'memory' });
      const hung = tries.filter(({ how }) => how === 'hung').length;
      const said = `${hung} of ${TRIES} enqueues had not ended ${seconds(hungMs)} after the server was killed`;
      return ifStruck({
        ...found,
        violations: [...found.violations, ...still, ...(hung > 0 ? [said] : [])],
        facts: [
          `${TRIES - hung} of ${TRIES} enqueues ended within ${seconds(longest)} while there was no server`,
          ...(found.facts ?? []),
        ],
      });
    });
  },
};
