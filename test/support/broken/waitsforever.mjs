import { compiled } from './compiled.mjs';

const list = await compiled('adapters/redis-list.js');

/** An enqueue without an answer waits for one for ever; one that is refused at once says so. */
export default {
  ...list,
  async connect(address, o) {
    const session = await list.connect(address, o);
    return {
      ...session,
      async enqueue(job) {
        const from = performance.now();
        try {
          await session.enqueue(job);
        } catch (error) {
          if (performance.now() - from < o.commandTimeout / 2) throw error;
          await new Promise(() => undefined);
        }
      },
    };
  },
};
