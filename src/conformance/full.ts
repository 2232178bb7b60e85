import type { Session } from '../core/adapter.js';
import { describeError } from '../core/errors.js';
import { within } from '../engine/deadline.js';
import { inArena } from './arena.js';
import type { Case } from './case.js';
import { counted } from './counted.js';
import { goOn } from './server.js';

const MOST = 2_000;
const PAYLOAD_BYTES = 8_000;
const CALL_MS = 20_000;

/** The disk or the memory of the store is limited, as when it is full: enqueue must say so, and what it accepted is done. */
export const fullStore: Case = {
  name: 'a full store refuses jobs and says so, loses none, and takes more when there is room again',
  applies: ({ topology }, adapter) => topology === 'shared' && adapter?.harms !== undefined,
  async run(context) {
    const { adapter, ref, traits } = context;
    return inArena(context, { workers: 1, work: { kind: 'noop' } }, async (arena) => {
      const full = await adapter.harms?.(arena.address).fill?.();
      if (full === undefined) return { violations: [], notTested: 'this store cannot be made full from here' };
      let session: Session | undefined;
      let [accepted, refusal] = [0, undefined as string | undefined];
      try {
        session = await within(
          adapter.connect(full.address, ref.options),
          CALL_MS,
          'the adapter to connect to a full store',
        );
        while (refusal === undefined && accepted < MOST) {
          refusal = await arena.attempt(session, 'x'.repeat(PAYLOAD_BYTES), CALL_MS);
          if (refusal === undefined) accepted++;
        }
      } catch (error) {
        refusal ??= describeError(error);
      } finally {
        await full.heal();
        await session?.close();
      }
      await arena.start(0);
      const still = await goOn(arena);
      await arena.rest();
      const found = counted(await arena.end(), traits);
      const endless =
        refusal === undefined
          ? [`accepted ${MOST} jobs of ${PAYLOAD_BYTES} bytes although there was no room for them`]
          : [];
      const facts = [
        `refused after ${accepted} ${accepted === 1 ? 'job' : 'jobs'} of ${PAYLOAD_BYTES / 1000} kB: ${refusal ?? 'never'}`,
        ...(found.facts ?? []),
      ];
      return { ...found, violations: [...found.violations, ...still, ...endless], facts };
    });
  },
};

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
