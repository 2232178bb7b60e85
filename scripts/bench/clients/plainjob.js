import Database from 'better-sqlite3';
import { better, defineQueue, defineWorker } from 'plainjob';

/** plainjob as its README uses it, silent, with no wait between two looks at an empty queue. It sets WAL and NORMAL itself. */
const logger = { error: console.error, warn() {}, info() {}, debug() {} };

export async function connect({ sqliteFile: file }) {
  const queue = defineQueue({ connection: better(new Database(`${file}.plainjob`)), logger });
  return {
    enqueue(job) {
      queue.add('bench', job);
    },
    async run({ signal, handle, settled }) {
      const process = (job) => handle(JSON.parse(job.data));
      const worker = defineWorker('bench', process, { queue, logger, pollIntervall: 0, onCompleted: () => settled() });
      const done = worker.start();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await worker.stop();
      await done;
    },
  };
}
