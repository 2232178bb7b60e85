import { type Attempt, attempted, tallied } from './attempt.js';
import { type Case, type Context, type Found, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { type Direct, jobOf, notOnce, withQueue } from './direct.js';
import { together } from './found.js';
import { outlasting, whileLocked } from './lock.js';
import { orMiscount } from './miscounts.js';

const BURSTS = 25;
const BURST = 12;
const CONCURRENCY = 4;

/** A web process that works as well: what it enqueues may go along with what its worker writes. */
export const ownWorker: Case = {
  name: 'a session that enqueues in bursts while it works loses none of its jobs and repeats none',
  about: 'delivery',
  waits: 'for leases',
  // Where the queue is embedded every session is of this kind, so that all cases try it.
  applies: ({ topology }) => topology === 'shared',
  async run(context) {
    const parts = [await stoppedAmid(context)];
    if (context.traits.store === 'sqlite-file') parts.push(await lockedOut(context));
    return together(parts);
  },
};

/** Stops amid a burst; a second run of the same session does the rest. */
function stoppedAmid(context: Context): Promise<Found> {
  return withQueue(context, async (direct) => {
    const jobs = bursts(direct, context);
    const first = direct.start(CONCURRENCY);
    for (let n = 0; n < BURSTS && jobs.told().hung.length === 0; n++) await jobs.burst();
    const last = jobs.burst();
    await first.stop();
    await last;
    const found = await restOf(direct, jobs, `stopped amid the last of ${BURSTS + 1} bursts`);
    const { refused } = jobs.told();
    const said = `refused ${refused} of ${jobs.made()} jobs, although nothing failed`;
    return refused > 0 ? { ...found, violations: [...found.violations, said] } : found;
  });
}

/** Another program holds the lock of the file for longer than a write waits for it. */
function lockedOut(context: Context): Promise<Found> {
  const long = outlasting(context);
  if ('notTested' in long) return Promise.resolve({ violations: [], ...long });
  const { forMs } = long;
  return withQueue(context, async (direct) => {
    const jobs = bursts(direct, context);
    const first = direct.start(CONCURRENCY);
    await jobs.burst();
    // A worker that has nothing to write is free to take along what comes. What it has lost is told in the end.
    const { length } = jobs.accepted;
    await orMiscount(direct.until(() => direct.settled === length, `${length} jobs to settle`));
    const locked = await whileLocked(
      String(direct.address.sqliteFile),
      forMs,
      () => Promise.all([jobs.burst(), jobs.burst()]),
      context.signal,
    );
    if ('notTested' in locked) return { violations: [], ...locked };
    await locked.begun;
    await first.stop();
    return restOf(direct, jobs, `locked for ${seconds(forMs)} amid two bursts`);
  });
}

/** Jobs that the session which works enqueues, so many at once. */
function bursts({ worker }: Direct, { hungMs = HUNG_MS }: Context) {
  const accepted: number[] = [];
  const tries: Attempt[] = [];
  let made = 0;
  async function enqueue(index: number): Promise<void> {
    // An async function, so that a session that throws at once is one that refuses.
    const accepting = (async () => worker.enqueue(jobOf(index, { kind: 'noop' })))();
    const tried = await attempted(accepting, hungMs);
    tries.push(tried);
    // Of one that is refused nobody has promised whether it is done all the same.
    if (tried.how === 'accepted') accepted.push(index);
  }
  return {
    accepted,
    made: () => made,
    told: () => tallied(tries, hungMs),
    burst: () => Promise.all(Array.from({ length: BURST }, () => enqueue(made++))),
  };
}

async function restOf(direct: Direct, jobs: ReturnType<typeof bursts>, said: string): Promise<Found> {
  const { accepted } = jobs;
  const second = direct.start(CONCURRENCY);
  const isAccepted = new Set(accepted);
  const settled = () => new Set(direct.reports.flatMap(({ index }) => (isAccepted.has(index) ? [index] : []))).size;
  const waited = await orMiscount(
    direct.until(() => settled() === accepted.length, `${accepted.length} jobs to settle`),
  );
  await second.stop();
  const rows = await direct.close();
  const dense = new Map(accepted.map((index, n) => [index, n]));
  const theirs = rows.flatMap((row) => {
    const index = dense.get(row.index);
    return index === undefined ? [] : [{ ...row, index }];
  });
  const { refused, hung } = jobs.told();
  return {
    violations: hung,
    miscounts: [...waited, ...notOnce(theirs, accepted.length)],
    facts: [`${said}, ${BURST} jobs at once: ${accepted.length} accepted, ${refused} refused`],
  };
}
