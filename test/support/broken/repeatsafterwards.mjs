import { compiled } from './compiled.mjs';

const list = await compiled('adapters/redis-list.js');

/** Once an enqueue was not answered, each is sent twice. */
export default {
  ...list,
  async connect(address, o) {
    const session = await list.connect(address, o);
    let wary = false;
    return {
      ...session,
      async enqueue(job) {
        try {
          await session.enqueue(job);
        } catch (error) {
          wary = true;
          throw error;
        }
        if (wary) await session.enqueue(job);
      },
    };
  },
};
