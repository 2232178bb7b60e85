import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** Bare postMessage: what waits goes out in lists, each thread has two lists under way, and answers with a number. */
const LIST = 128;

if (!isMainThread) {
  let sink = 0;
  parentPort.on('message', (list) => {
    for (let i = 0; i < list.length; i += 4) sink += list[i + 3].length;
    parentPort.postMessage(list.length / 4);
  });
  process.on('exit', () => Math.abs(sink)); // keeps the loop from being optimised away
}

export async function connect() {
  let waiting = [];
  let head = 0;
  let threads = [];
  let planned = false;
  let report;

  function give() {
    planned = false;
    for (const thread of threads) {
      while (thread.lists < 2 && head < waiting.length) {
        const share = Math.min(LIST, Math.ceil((waiting.length - head) / threads.length));
        const list = [];
        for (const end = head + share; head < end; head++) {
          const { index, queue, work, payload } = waiting[head];
          list.push(index, queue, work, payload);
        }
        thread.lists++;
        thread.worker.postMessage(list);
      }
    }
    if (head === waiting.length) {
      waiting = [];
      head = 0;
    }
  }
  function start() {
    const thread = { worker: new Worker(new URL(import.meta.url)), lists: 0 };
    thread.worker.on('message', (count) => {
      thread.lists--;
      for (let i = 0; i < count; i++) report();
      if (!planned) give();
    });
    return thread;
  }
  return {
    enqueue(job) {
      waiting.push(job);
      if (planned || report === undefined) return;
      planned = true;
      setImmediate(give);
    },
    async run({ signal, concurrency, settled }) {
      report = settled;
      while (threads.length < concurrency) threads.push(start());
      give();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      report = undefined;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
      threads = [];
    },
  };
}
