import type { Address, Harms } from '../core/adapter.js';
import { describeError } from '../core/errors.js';
import { type Arena, inArena } from './arena.js';
import type { Attempt } from './attempt.js';
import { type Case, type Context, type Found, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { goOn } from './server.js';

const MOST = 2_000;
const PAYLOAD_BYTES = 8_000;

/** Its worker is left with the full store for so long, at most, before there is room. */
const FULL_MS = 1_500;

/** The disk or the memory of the store is limited, as when it is full, for who enqueues and who works: enqueue must say so, and what it accepted is done. */
export const fullStore: Case = {
  name: 'a full store refuses jobs and says so, loses none, and takes more when there is room again',
  applies: ({ topology }, adapter) => topology === 'shared' && adapter?.harms !== undefined,
  async run(context) {
    let full: Awaited<ReturnType<NonNullable<Harms['fill']>>> | undefined;
    let connected = false;
    async function reach(address: Address): Promise<Address> {
      full = await context.adapter.harms?.(address).fill?.();
      return full?.address ?? address;
    }
    try {
      return await inArena(context, { workers: 1, work: { kind: 'noop' }, reach }, (arena) => {
        connected = true;
        return full === undefined
          ? Promise.resolve({ violations: [], notTested: 'this store cannot be made full from here' })
          : fillUp(context, arena, full.heal);
      });
    } catch (error) {
      if (full === undefined || connected) throw error;
      return { violations: [`could not connect to a full store: ${describeError(error)}`] };
    }
  },
};

/** Enqueues until the store says no, lets its worker meet that, and makes room: then all goes on, by the same sessions. */
async function fillUp({ hungMs = HUNG_MS, traits }: Context, arena: Arena, heal: () => Promise<void>): Promise<Found> {
  const attempt = () => arena.attempt(arena.session, 'x'.repeat(PAYLOAD_BYTES), hungMs);
  let accepted = 0;
  let last = await attempt();
  while (last.how === 'accepted' && ++accepted < MOST) last = await attempt();
  await arena.start(0);
  const from = arena.clock();
  await arena.until(() => arena.settled() >= accepted || arena.clock() - from > FULL_MS, 'a worker of a full store');
  await heal();
  const again = await attempt();
  // A session that accepts nothing at all, before and after, may be refusing for any reason.
  if (last.how === 'refused' && again.how !== 'accepted' && accepted === 0) {
    const notTested = `it refused every job by the way to the full store, with room or without: ${last.why}`;
    return { violations: [], notTested };
  }
  const still = await goOn(arena);
  await arena.rest();
  const found = counted(await arena.end(), traits);
  const jobs = `${accepted} ${accepted === 1 ? 'job' : 'jobs'} of ${PAYLOAD_BYTES / 1000} kB`;
  return {
    ...found,
    violations: [...found.violations, ...still, ...wrongly(last.how, again.how, hungMs)],
    facts: [...(last.how === 'refused' ? [`refused after ${jobs}: ${last.why}`] : []), ...(found.facts ?? [])],
  };
}

function wrongly(last: Attempt['how'], again: Attempt['how'], hungMs: number): string[] {
  switch (last) {
    case 'hung':
      return [`an enqueue had not ended after ${seconds(hungMs)} where there was no room for its job`];
    case 'accepted':
      return [`accepted ${MOST} jobs of ${PAYLOAD_BYTES} bytes although there was no room for them`];
    case 'refused':
      return again === 'accepted' ? [] : ['took no more by the same session when there was room again'];
  }
}

/** A server whose settings would let it lose jobs is no place for them. */
export const unfitStore: Case = {
  name: 'a server that may evict jobs is refused',
  applies: ({ topology, store }, adapter) =>
    topology === 'shared' && store === undefined && adapter?.harms !== undefined,
  run: (context) =>
    inArena(context, { workers: 0, work: { kind: 'noop' } }, async (arena) => {
      const { spoil } = context.adapter.harms?.(arena.address) ?? {};
      if (spoil === undefined) return { violations: [], notTested: 'the server is not one that jobbench started' };
      const said = await spoil();
      if (said === undefined) return { violations: ['would use a server that evicts what it has accepted'] };
      return { violations: [], facts: [`it says: ${said.reason}`] };
    }),
};
