import type { Session } from '../core/adapter.js';
import type { WallMs } from '../core/clock.js';
import { codeOf, describeError, unsupported } from '../core/errors.js';
import type { Job } from '../core/job.js';
import type { Case } from './case.js';
import { jobOf, withQueue } from './direct.js';

const SOON_MS = 60_000;
type Capability = 'priorities' | 'retries' | 'backoff' | 'unique';
const ASKING: Readonly<Record<Capability, Partial<Job>>> = {
  priorities: { priority: 1 },
  retries: { attempts: 2 },
  backoff: { backoff: { type: 'fixed', ms: 1 } },
  unique: { key: 'k' },
};

/** What an adapter ignores in silence, its users rely on in vain. */
export const refusals: Case = {
  name: 'what the traits do not declare is refused with UNSUPPORTED, what they declare is accepted',
  applies: () => true,
  run: (context) =>
    withQueue(context, async ({ producer }) => {
      const { traits } = context;
      const found: string[] = [];
      let accepted = 0;
      let index = 0;
      const job = (extra: Partial<Job> = {}) => ({ ...jobOf(index++, { kind: 'noop' }), ...extra });
      async function attempt(what: string, declared: boolean, jobs: readonly Job[], act: () => Promise<unknown>) {
        const outcome = await tried(act);
        if (outcome === 'accepted') accepted += jobs.length;
        const expected = declared ? 'accepted' : 'UNSUPPORTED';
        if (outcome !== expected) found.push(`${what}: ${outcome}, but the traits promise ${expected}`);
      }
      for (const [capability, extra] of Object.entries(ASKING) as [Capability, Partial<Job>][]) {
        // keys of a Record<Capability, ...>
        const declared = traits[capability] === true;
        // A key of its own for each call: a job of one that is taken would be accepted, but not held.
        const asking = (call: string) => job({ ...extra, ...(extra.key !== undefined && { key: call }) });
        const single = asking('enqueue');
        await attempt(`enqueue with ${capability}`, declared, [single], () => producer.enqueue(single));
        if (traits.schedules) {
          const due = asking('enqueueAt');
          await attempt(`enqueueAt with ${capability}`, declared, [due], () => later(producer, due));
        }
        if (traits.bulk) {
          // Behind a job that asks for nothing: a batch is refused whole, or `depth` tells of the part that was not.
          const batch = [job(), asking('enqueueMany')];
          await attempt(`enqueueMany with ${capability}`, declared, batch, () => together(producer, batch));
        }
      }
      const due = job();
      await attempt('enqueueAt', traits.schedules, [due], () => later(producer, due));
      const batch = [job(), job()];
      await attempt('enqueueMany', traits.bulk, batch, () => together(producer, batch));
      const held = await producer.depth?.();
      if (held !== undefined && held !== accepted) found.push(`holds ${held} jobs after ${accepted} were accepted`);
      return found;
    }),
};

async function tried(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    return codeOf(error) === 'UNSUPPORTED' ? 'UNSUPPORTED' : `failed (${describeError(error)})`;
  }
}

/** Not having the verb at all is a refusal too. */
async function later(session: Session, job: Job): Promise<void> {
  if (session.enqueueAt === undefined) throw unsupported('the adapter', 'enqueueAt');
  await session.enqueueAt(job, (Date.now() + SOON_MS) as WallMs); // Date.now() is what WallMs is the brand of
}

async function together(session: Session, jobs: readonly Job[]): Promise<void> {
  if (session.enqueueMany === undefined) throw unsupported('the adapter', 'enqueueMany');
  await session.enqueueMany(jobs);
}
