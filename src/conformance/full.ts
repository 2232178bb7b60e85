import type { Session } from '../core/adapter.js';
import { describeError } from '../core/errors.js';
import { within } from '../engine/deadline.js';
import { type Arena, inArena } from './arena.js';
import { type Case, type Context, HUNG_MS } from './case.js';
import { seconds } from './check.js';
import { counted } from './counted.js';
import { goOn } from './server.js';

const MOST = 2_000;
const PAYLOAD_BYTES = 8_000;

/** The disk or the memory of the store is limited, as when it is full: enqueue must say so, and what it accepted is done. */
export const fullStore: Case = {
  name: 'a full store refuses jobs and says so, loses none, and takes more when there is room again',
  applies: ({ topology }, adapter) => topology === 'shared' && adapter?.harms !== undefined,
  async run(context) {
    return inArena(context, { workers: 1, work: { kind: 'noop' } }, async (arena) => {
      const full = await context.adapter.harms?.(arena.address).fill?.();
      if (full === undefined) return { violations: [], notTested: 'this store cannot be made full from here' };
      const filled = await fillUp(context, arena, full);
      await arena.start(0);
      const still = await goOn(arena);
      await arena.rest();
      const found = counted(await arena.end(), context.traits);
      const { accepted, violations, refusal, notTested } = filled;
      const jobs = `${accepted} ${accepted === 1 ? 'job' : 'jobs'} of ${PAYLOAD_BYTES / 1000} kB`;
      return {
        ...found,
        violations: [...found.violations, ...still, ...violations],
        facts: [...(refusal === undefined ? [] : [`refused after ${jobs}: ${refusal}`]), ...(found.facts ?? [])],
        ...(notTested !== undefined && { notTested }),
      };
    });
  },
};

interface Filled {
  readonly accepted: number;
  readonly violations: readonly string[];
  readonly refusal?: string;
  readonly notTested?: string;
}

/** Enqueues into the full store until it says no; then there is room again. */
async function fillUp(
  { adapter, ref, hungMs = HUNG_MS }: Context,
  arena: Arena,
  full: { readonly address: Arena['address']; heal(): Promise<void> },
): Promise<Filled> {
  let session: Session;
  try {
    session = await within(adapter.connect(full.address, ref.options), hungMs, 'it to connect');
  } catch (error) {
    await full.heal();
    return { accepted: 0, violations: [`could not connect to a full store: ${describeError(error)}`] };
  }
  try {
    const attempt = () => arena.attempt(session, 'x'.repeat(PAYLOAD_BYTES), hungMs);
    let accepted = 0;
    let last = await attempt();
    while (last.how === 'accepted' && ++accepted < MOST) last = await attempt();
    await full.heal();
    if (last.how === 'hung') {
      const said = `an enqueue had not ended after ${seconds(hungMs)} where there was no room for its job`;
      return { accepted, violations: [said] };
    }
    if (last.how === 'accepted') {
      const said = `accepted ${MOST} jobs of ${PAYLOAD_BYTES} bytes although there was no room for them`;
      return { accepted, violations: [said] };
    }
    // A session that accepts nothing at all, before and after, may be refusing for any reason.
    const forWantOfRoom = accepted > 0 || (await attempt()).how === 'accepted';
    const notTested = `it refused every job by the way to the full store, with room or without: ${last.why}`;
    return { accepted, violations: [], refusal: last.why, ...(!forWantOfRoom && { notTested }) };
  } finally {
    await within(session.close(), hungMs, 'a session at a full store to close');
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
