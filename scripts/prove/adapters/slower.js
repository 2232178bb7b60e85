// The memory adapter whose jobs take `percent` longer than they say: a regression of a known size, for proofs of the gate.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const dist = process.env.JOBBENCH_DIST
  ? pathToFileURL(`${resolve(process.env.JOBBENCH_DIST)}/`)
  : new URL('../../../dist/', import.meta.url);
const { default: memory } = await import(new URL('adapters/memory.js', dist).href);
const { spin } = await import(new URL('work/body.js', dist).href);

export default {
  ...memory,
  reference: false,
  summary: 'memory, with a planted regression',
  options: z.object({
    percent: z.coerce.number().min(0).max(1000).default(0).describe('how much longer a job of the kind cpu takes'),
  }),
  async connect(address, { percent }) {
    const session = await memory.connect(address);
    return {
      ...session,
      run: (runner) => session.run({ ...runner, handle: (job, attempt) => slowed(runner, job, attempt, percent) }),
    };
  },
};

function slowed({ handle, host }, job, attempt, percent) {
  spin(((job.work.ms ?? 0) * host.spinsPerMs * percent) / 100);
  return handle(job, attempt);
}
