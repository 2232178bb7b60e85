import { describeError } from '../core/errors.js';
import { type Arena, inArena } from './arena.js';
import { type Case, type Context, type Found, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { saidOf, together } from './found.js';
import { goOn } from './server.js';

const TRIES = 10;
const SHORT_MS = 2_000;
/** Beyond what an adapter may wait for a lock; those that say so by an option of this name are held to it. */
const LONG_MS = 6_500;

/** Another program writes to the same file, and takes its time: the lock of the store is held for two seconds, and for longer than anybody waits. */
export const busyStore: Case = {
  name: 'a second writer that holds the lock of the store delays jobs, and loses none',
  waits: 'for leases',
  applies: ({ store }) => store === 'sqlite-file',
  async run(context) {
    const { busyTimeout } = context.ref.options;
    const longMs = typeof busyTimeout === 'number' ? busyTimeout + 1_500 : LONG_MS;
    const hungMs = context.hungMs ?? HUNG_MS;
    const parts = [await held(SHORT_MS, hungMs, context)];
    parts.push(longMs <= hungMs ? await held(longMs, hungMs, context) : tooLong(longMs, hungMs));
    return together(parts);
  },
};

function tooLong(longMs: number, hungMs: number): Found {
  const notTested = `a lock that outlasts busyTimeout, ${seconds(longMs)}, is not tried: enqueues may take ${seconds(hungMs)} at most`;
  return { violations: [], notTested };
}

async function held(forMs: number, hungMs: number, context: Context): Promise<Found> {
  return inArena(context, { workers: 1, work: { kind: 'io', ms: 5 } }, async (arena) => {
    await arena.start(0);
    for (let n = 0; n < 20; n++) await arena.enqueue();
    const lock = await takeLock(String(arena.address.sqliteFile));
    if (typeof lock === 'string') return { violations: [], notTested: lock };
    const from = arena.clock();
    const tries = Promise.all(Array.from({ length: TRIES }, () => settledIn(arena, hungMs)));
    try {
      await arena.pause(forMs);
    } finally {
      lock.release();
    }
    const told = await tries;
    const still = await goOn(arena);
    await arena.rest();
    const found = counted(await arena.end(), context.traits);
    const hung = told.filter((how) => how === 'hung').length;
    const accepted = told.filter((how) => how === 'accepted').length;
    const said = `locked for ${seconds(forMs)}`;
    const broken = [
      ...found.violations,
      ...still,
      ...(hung > 0 ? [`${hung} of ${TRIES} enqueues had not ended ${seconds(hungMs)} after the call`] : []),
    ];
    const fact = `${accepted} of ${TRIES} enqueues accepted, all told after ${seconds(arena.clock() - from)} at most; ${(found.facts ?? []).join('; ')}`;
    return saidOf(said, { ...found, violations: broken, facts: [fact] });
  });
}

async function settledIn(arena: Arena, hungMs: number): Promise<'accepted' | 'refused' | 'hung'> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<'hung'>((resolve) => {
    timer = setTimeout(() => resolve('hung'), hungMs);
  });
  const how = await Promise.race([arena.enqueue(), hung]);
  clearTimeout(timer);
  return how;
}

/** @returns why it cannot be taken here */
export async function takeLock(file: string): Promise<{ release(): void } | string> {
  try {
    const { default: Driver } = await import('better-sqlite3');
    const db = new Driver(file, { timeout: 5_000 });
    db.exec('BEGIN IMMEDIATE');
    return {
      release() {
        db.exec('ROLLBACK');
        db.close();
      },
    };
  } catch (error) {
    return `the lock could not be taken: ${describeError(error)}`;
  }
}
