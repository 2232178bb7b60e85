import { inArena } from './arena.js';
import { tallied } from './attempt.js';
import { type Case, type Context, type Found, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { saidOf, together } from './found.js';
import { outlasting, whileLocked } from './lock.js';
import { goOn } from './server.js';

const TRIES = 10;
const SHORT_MS = 2_000;

/** Another program writes to the same file, and takes its time: the lock of the store is held for two seconds, and for longer than anybody waits. */
export const busyStore: Case = {
  name: 'a second writer that holds the lock of the store delays jobs, and loses none',
  waits: 'for leases',
  applies: ({ store }) => store === 'sqlite-file',
  async run(context) {
    const short = await held(SHORT_MS, context);
    const long = outlasting(context);
    return together([short, 'forMs' in long ? await held(long.forMs, context) : { violations: [], ...long }]);
  },
};

async function held(forMs: number, context: Context): Promise<Found> {
  const { hungMs = HUNG_MS, signal, traits } = context;
  return inArena(context, { workers: 1, work: { kind: 'io', ms: 5 } }, async (arena) => {
    await arena.start(0);
    for (let n = 0; n < 20; n++) await arena.enqueue();
    const attempt = () => arena.attempt(arena.session, 'while another writes', hungMs);
    const locked = await whileLocked(
      String(arena.address.sqliteFile),
      forMs,
      () => ({ from: arena.clock(), tries: Promise.all(Array.from({ length: TRIES }, attempt)) }),
      signal,
    );
    if ('notTested' in locked) return { violations: [], ...locked };
    const { accepted, hung } = tallied(await locked.begun.tries, hungMs);
    const still = await goOn(arena);
    await arena.rest();
    const found = counted(await arena.end(), traits);
    const tookMs = arena.clock() - locked.begun.from;
    const fact = `${accepted} of ${TRIES} enqueues accepted, all told after ${seconds(tookMs)} at most; ${(found.facts ?? []).join('; ')}`;
    const violations = [...found.violations, ...still, ...hung];
    return saidOf(`locked for ${seconds(forMs)}`, { ...found, violations, facts: [fact] });
  });
}
