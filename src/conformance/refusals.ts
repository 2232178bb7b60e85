import type { Session } from '../core/adapter.js';
import type { WallMs } from '../core/clock.js';
import { codeOf, describeError } from '../core/errors.js';
import type { Job } from '../core/job.js';
import type { Traits } from '../core/traits.js';
import type { Case } from './case.js';
import { jobOf, withQueue } from './direct.js';

const SOON_MS = 60_000;
type Capability = 'priorities' | 'retries' | 'unique';
const ASKING: Readonly<Record<Capability, Partial<Job>>> = {
  priorities: { priority: 1 },
  retries: { attempts: 2 },
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
      async function attempt(what: string, declared: boolean, act: (job: Job) => Promise<unknown>, extra = {}) {
        const outcome = await tried(() => act({ ...jobOf(index++, { kind: 'noop' }), ...extra }));
        if (outcome === 'accepted') accepted++;
        const expected = declared ? 'accepted' : 'UNSUPPORTED';
        if (outcome !== expected) found.push(`${what}: ${outcome}, but the traits promise ${expected}`);
      }
      for (const [capability, extra] of Object.entries(ASKING) as [Capability, Partial<Job>][]) {
        await attempt(`enqueue with ${capability}`, traits[capability], (job) => producer.enqueue(job), extra);
        if (traits.schedules) {
          await attempt(`enqueueAt with ${capability}`, traits[capability], (job) => later(producer, job), {
            ...extra,
            ...(capability === 'unique' && { key: 'another' }),
          });
        }
      }
      await attempt('enqueueAt', traits.schedules, (job) => later(producer, job));
      const held = await producer.depth?.();
      if (held !== undefined && held !== accepted) found.push(`holds ${held} jobs after ${accepted} were accepted`);
      return [...found, ...missing(producer, traits)];
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
  if (session.enqueueAt === undefined) throw Object.assign(new Error('no enqueueAt'), { code: 'UNSUPPORTED' });
  await session.enqueueAt(job, (Date.now() + SOON_MS) as WallMs);
}

function missing(session: Session, traits: Traits): string[] {
  return traits.bulk && session.enqueueMany === undefined ? ['declares a bulk path, but has no enqueueMany'] : [];
}
