import { compiled } from './compiled.mjs';

const sqlite = await compiled('adapters/sqlite.js');
/** Index of the job that has the key, as far as this process knows. */
const taken = new Map();

/** Keys are unique within a process: no other one is asked. */
export default {
  ...sqlite,
  async connect(address, options) {
    const session = await sqlite.connect(address, options);
    const free = (index) => {
      for (const [key, by] of taken) if (by === index) taken.delete(key);
    };
    const put = async ({ key, ...job }, accept) => {
      if (key !== undefined && taken.has(key)) return;
      if (key !== undefined) taken.set(key, job.index);
      await accept(job);
    };
    return {
      ...session,
      enqueue: (job) => put(job, session.enqueue),
      enqueueAt: (job, at) => put(job, (one) => session.enqueueAt(one, at)),
      enqueueMany: async (jobs) => {
        for (const job of jobs) await put(job, session.enqueue);
      },
      run: (runner) =>
        session.run({
          ...runner,
          settled(index, outcome) {
            free(index);
            runner.settled(index, outcome);
          },
        }),
    };
  },
};
