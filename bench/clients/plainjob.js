import Database from 'better-sqlite3';
import { better, defineQueue, defineWorker } from 'plainjob';

/** plainjob as its README uses it, silent. It sets WAL, NORMAL and a busy timeout of 5 s itself. */
const logger = { error: console.error, warn() {}, info() {}, debug() {} };

const OPENED = { tries: 50, pauseMs: 20 };

/** @param pragmas of the connection that is handed to it, set before it is */
export async function connect(
  { sqliteFile: file },
  { pollIntervall = 0, workers = 1, synchronous = 'normal', pragmas = [] },
) {
  const { connection, queue } = await opened(`${file}.plainjob`, pragmas);
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

/** Of two processes that open a new file at once, the one that finds it locked fails. It is no matter of rates, so it tries again. */
async function opened(file, pragmas) {
  for (let left = OPENED.tries; ; left--) {
    const database = new Database(file);
    try {
      const connection = better(database);
      for (const pragma of pragmas) connection.pragma(pragma);
      return { connection, queue: defineQueue({ connection, logger }) };
    } catch (error) {
      database.close();
      if (error.code !== 'SQLITE_BUSY' || left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, OPENED.pauseMs));
    }
  }
}
