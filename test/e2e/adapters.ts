/** Adapters from outside, as texts: nothing of jobbench is imported in them. */

/** What somebody writes for a queue of their own. */
export const MINE = `
const traits = {
  topology: 'embedded', executes: 'loop', delivery: 'at-most-once', durability: 'memory',
  schedules: true, priorities: false, retries: false, unique: false, bulk: false,
};

export default {
  summary: 'an array of mine',
  traits,
  create: async () => ({}),
  async connect() {
    const waiting = [];
    let idle = [];
    const put = (job) => {
      waiting.push(job);
      wake();
    };
    const wake = () => {
      for (const resume of idle) resume();
      idle = [];
    };
    const later = (job, at) => {
      const left = at - Date.now();
      if (left <= 0) put(job);
      else setTimeout(later, Math.min(left, 1e9), job, at);
    };
    return {
      async enqueue(job) {
        await nextTurn();
        put(job);
      },
      async enqueueAt(job, at) {
        await nextTurn();
        later(job, at);
      },
      async run({ concurrency, signal, handle, settled }) {
        signal.addEventListener('abort', wake);
        const lane = async () => {
          while (!signal.aborted) {
            const job = waiting.shift();
            if (job === undefined) await new Promise((resume) => idle.push(resume));
            else settled(job.index, await outcome(handle, job));
          }
        };
        await Promise.all(Array.from({ length: concurrency }, lane));
      },
      depth: async () => waiting.length,
      close: async () => {},
    };
  },
};

const nextTurn = () => new Promise((resume) => setImmediate(resume));

async function outcome(handle, job) {
  await nextTurn();
  try {
    await handle(job);
    return 'completed';
  } catch {
    return 'failed';
  }
}
`;

/** The adapter that is measured fastest: without `enqueueAt`, whose jobs would have to be waited for. */
export const QUICK = changed(MINE, 'schedules: true', 'schedules: false');

/** `QUICK` with one thing changed. */
export function quickBut(from: string, to: string): string {
  return changed(QUICK, from, to);
}

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the adapter has no "${from}"`);
  return text.replace(from, to);
}
