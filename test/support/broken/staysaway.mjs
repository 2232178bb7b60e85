import { connect as connectTo } from 'node:net';
import { compiled } from './compiled.mjs';

const list = await compiled('adapters/redis-list.js');

/** Workers take nothing any more once their connection has been cut. A connection beside theirs tells when. */
export default {
  ...list,
  async connect(address, o) {
    const session = await list.connect(address, o);
    const port = /^redis:\/\/127\.0\.0\.1:(\d+)$/.exec(address.url)?.[1];
    const beside = port === undefined ? connectTo(address.url) : connectTo(Number(port), '127.0.0.1');
    beside.on('error', () => undefined);
    return {
      ...session,
      async run(runner) {
        const over = new AbortController();
        const asked = new Promise((resolve) => runner.signal.addEventListener('abort', resolve, { once: true }));
        for (const end of [asked, new Promise((resolve) => beside.once('close', resolve))])
          end.then(() => over.abort());
        const gone = session.run({ ...runner, signal: over.signal });
        await gone.catch(() => undefined); // what it still had to say is said to nobody
        if (!runner.signal.aborted) await asked;
      },
      async close() {
        beside.destroy();
        await session.close();
      },
    };
  },
};
