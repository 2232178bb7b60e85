import { inArena } from './arena.js';
import type { Case } from './case.js';
import { counted } from './counted.js';
import { startAll } from './crash.js';
import { together } from './found.js';

const HOUR_MS = 3_600_000;
const JOBS = 60;
const DUE = 10;
const AHEAD_MS = 800;

/**
 * Workers on machines whose clocks disagree. Nothing in the traits speaks of clocks, so starting early or again is told
 * and not held against anybody; but a job must not vanish for it. As any repeat is excused, it proves nothing of the delivery.
 */
export const wrongClock: Case = {
  name: 'a worker whose clock is an hour off loses nothing',
  applies: ({ topology }) => topology === 'shared',
  async run(context) {
    const parts = await Promise.all(
      [HOUR_MS, -HOUR_MS].map((off) => {
        const cast = { workers: 2, work: { kind: 'io', ms: 5 }, clockOffMs: [0, off] } as const;
        return inArena(context, cast, async (arena) => {
          arena.note({ kind: 'clock', atMs: 0, untilMs: Number.POSITIVE_INFINITY, held: 0 });
          await startAll(arena, 2);
          const aheadMs = context.traits.schedules ? AHEAD_MS : undefined;
          for (let n = 0; n < DUE && aheadMs !== undefined; n++) await arena.enqueue({ aheadMs });
          for (let n = 0; n < JOBS; n++) await arena.enqueue();
          await arena.rest();
          const found = counted(await arena.end(), context.traits);
          const which = off > 0 ? 'an hour ahead' : 'an hour behind';
          return { ...found, facts: (found.facts ?? []).map((fact) => fact.replace('1 wrong clock', which)) };
        });
      }),
    );
    return together(parts);
  },
};
