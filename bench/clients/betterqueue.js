import Queue from 'better-queue';
import SqliteStore from 'better-queue-sqlite';

/** The store sets synchronous=OFF and a journal in memory; here it gets what the others have, so that the file survives as much. */
const DURABILITY = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;';

/** @param id what names a task: with a field of the job each push looks first for a task of that name; `false`: a random one */
export async function connect({ sqliteFile: file }, { concurrent = 1, batchSize = 1, id = 'index' }) {
  const store = new SqliteStore({ path: `${file}.betterqueue` });
  const open = store.connect.bind(store);
  store.connect = (done) =>
    open((error, length) => (error ? done(error) : store._db.exec(DURABILITY, (refused) => done(refused, length))));
  let runner;
  const work = (tasks, done) => {
    for (const task of batchSize === 1 ? [tasks] : tasks) runner.handle(task);
    done();
  };
  const queue = new Queue(work, { store, concurrent, batchSize, ...(id && { id }) });
  queue.pause();
  const enqueue = (job) =>
    new Promise((resolve, reject) => {
      const ticket = queue.push(job);
      ticket.on('queued', resolve);
      ticket.on('failed', reject);
      ticket.on('finish', () => runner.settled());
    });
  return {
    enqueue,
    enqueueMany: (jobs) => Promise.all(jobs.map(enqueue)),
    async run(chosen) {
      runner = chosen;
      queue.resume();
      await new Promise((resolve) => chosen.signal.addEventListener('abort', resolve, { once: true }));
      queue.pause();
    },
  };
}
