import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const where = { topology: 'shared', executes: 'loop' };
const promise = { delivery: 'at-most-once', durability: 'process-crash' };
const abilities = { schedules: true, priorities: false, retries: false, unique: false, bulk: false };

/** What the traits do not declare is refused, never ignored. */
function refuseUnpromised({ priority, attempts = 1, backoff, key }) {
  if (priority === undefined && attempts === 1 && backoff === undefined && key === undefined) return;
  throw Object.assign(new Error('a folder knows no priorities, retries or keys'), { code: 'UNSUPPORTED' });
}

/** A folder as a queue. A job is a file named after its due time; the worker that renames it first has it. */
export default {
  summary: 'a folder: one file for each job, claimed by renaming it',
  traits: { ...where, ...promise, ...abilities },
  async create(_options, scratch) {
    const address = { waiting: `${scratch.dir}/waiting`, taken: `${scratch.dir}/taken` };
    for (const folder of Object.values(address)) await mkdir(folder);
    return address;
  },
  async connect({ waiting, taken }) {
    let closed = false;
    async function put(job, at) {
      if (closed) throw new Error('this session is closed');
      refuseUnpromised(job);
      const name = `${Math.ceil(at)}-${job.index}`;
      await writeFile(`${taken}/${name}.new`, JSON.stringify(job));
      await rename(`${taken}/${name}.new`, `${waiting}/${name}`); // whole before anybody sees it
    }
    async function perform(name, runner) {
      const claimed = rename(`${waiting}/${name}`, `${taken}/${name}`);
      if (!(await claimed.then(() => true).catch(() => false))) return; // another worker was faster
      const job = JSON.parse(await readFile(`${taken}/${name}`, 'utf8'));
      const work = (async () => runner.handle(job))(); // a job may throw at once or reject later
      const outcome = await work.then(() => 'completed').catch(() => 'failed');
      await rm(`${taken}/${name}`);
      runner.settled(job.index, outcome);
    }
    async function run(runner) {
      const running = new Set();
      while (!runner.signal.aborted) {
        const due = (await readdir(waiting)).filter((name) => Number.parseInt(name, 10) <= Date.now()).sort();
        for (const name of due) {
          if (running.size >= runner.concurrency) await Promise.race(running);
          if (runner.signal.aborted) break;
          const one = perform(name, runner).finally(() => running.delete(one));
          running.add(one);
        }
        await (running.size > 0 ? Promise.race(running) : sleep(2));
      }
      await Promise.all(running);
    }
    const depth = async () => (await readdir(waiting)).length + (await readdir(taken)).length;
    const close = async () => {
      closed = true;
    };
    return { run, depth, close, enqueue: (job) => put(job, Date.now()), enqueueAt: put };
  },
};
