import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../engine/deadline.js';
import { takeLock } from './busy.js';
import { type Case, type Context, type Found, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { type Direct, jobOf, notOnce, withQueue } from './direct.js';
import { together } from './found.js';
import { orMiscount } from './miscounts.js';

const BURSTS = 25;
const BURST = 12;
const CONCURRENCY = 4;
/** Beyond what an adapter may wait for a lock, where it does not say how long that is. */
const LOCKED_MS = 6_500;

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
    for (let n = 0; n < BURSTS; n++) await jobs.burst();
    const last = jobs.burst();
    await first.stop();
    await last;
    const found = await restOf(direct, jobs, `stopped amid the last of ${BURSTS + 1} bursts`);
    const refused = jobs.made() - jobs.accepted.length;
    const said = `refused ${refused} of ${jobs.made()} jobs, although nothing failed`;
    return refused > 0 ? { ...found, violations: [...found.violations, said] } : found;
  });
}

/** Another program holds the lock of the file for longer than a write waits for it. */
function lockedOut(context: Context): Promise<Found> {
  const { busyTimeout } = context.ref.options;
  const forMs = typeof busyTimeout === 'number' ? busyTimeout + 1_500 : LOCKED_MS;
  if (forMs > (context.hungMs ?? HUNG_MS))
    return Promise.resolve({
      violations: [],
      notTested: `a lock of ${seconds(forMs)} is not tried: it takes too long`,
    });
  return withQueue(context, async (direct) => {
    const jobs = bursts(direct, context);
    const first = direct.start(CONCURRENCY);
    await jobs.burst();
    // A worker that has nothing to write is free to take along what comes. What it has lost is told in the end.
    await orMiscount(direct.until(() => direct.settled === BURST, `${BURST} jobs to settle`));
    const lock = await takeLock(String(direct.address.sqliteFile));
    if (typeof lock === 'string') return { violations: [], notTested: lock };
    const held = [jobs.burst(), jobs.burst()];
    try {
      await sleep(forMs, undefined, { signal: context.signal });
    } finally {
      lock.release();
    }
    await Promise.all(held);
    await first.stop();
    return restOf(direct, jobs, `locked for ${seconds(forMs)} amid two bursts`);
  });
}

/** Jobs that the session which works enqueues, so many at once. */
function bursts({ worker }: Direct, { timeoutMs }: Context) {
  const accepted: number[] = [];
  let made = 0;
  async function enqueue(index: number): Promise<void> {
    try {
      // Longer than an adapter may wait for a lock.
      await within(worker.enqueue(jobOf(index, { kind: 'noop' })), 4 * timeoutMs, 'an enqueue to end');
      accepted.push(index);
    } catch {
      // Refused: whether it is done all the same nobody has promised.
    }
  }
  return {
    accepted,
    made: () => made,
    burst: () => Promise.all(Array.from({ length: BURST }, () => enqueue(made++))),
  };
}

async function restOf(direct: Direct, { accepted, made }: ReturnType<typeof bursts>, said: string): Promise<Found> {
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
  const refused = made() - accepted.length;
  return {
    violations: [],
    miscounts: [...waited, ...notOnce(theirs, accepted.length)],
    facts: [`${said}, ${BURST} jobs at once: ${accepted.length} accepted, ${refused} refused`],
  };
}
