import Database from 'better-sqlite3';
import { better, defineQueue, defineWorker } from 'plainjob';

/** plainjob as its README uses it, silent. It sets WAL, NORMAL and a busy timeout of 5 s itself. */
const logger = { error: console.error, warn() {}, info() {}, debug() {} };

/** @param pragmas of the connection that is handed to it, set before it is */
export async function connect(
  { sqliteFile: file },
  { pollIntervall = 0, workers = 1, synchronous = 'normal', pragmas = [] },
) {
  const connection = better(new Database(`${file}.plainjob`));
  for (const pragma of pragmas) connection.pragma(pragma);
  const queue = defineQueue({ connection, logger });
  connection.pragma(`synchronous = ${synchronous}`);
  return {
    enqueue(job) {
      queue.add('bench', job);
    },
    enqueueMany(jobs) {
      queue.addMany('bench', jobs);
    },
    async run({ signal, handle, settled }) {
      const process = (job) => handle(JSON.parse(job.data));
      const one = () => defineWorker('bench', process, { queue, logger, pollIntervall, onCompleted: () => settled() });
      const all = Array.from({ length: workers }, one);
      const done = all.map((worker) => worker.start());
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await Promise.all(all.map((worker) => worker.stop()));
      await Promise.all(done);
    },
  };
}
