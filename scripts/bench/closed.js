import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** How long the last jobs may take once no more are enqueued. */
const LAST_MS = 5000;

/** A number that one process writes and another reads, through a file: a few microseconds, and no event loop needed. */
export function counter(file) {
  const fd = openSync(file, 'a+');
  closeSync(fd);
  const handle = openSync(file, 'r+');
  const word = new Float64Array(1);
  return {
    set(value) {
      word[0] = value;
      writeSync(handle, word, 0, 8, 0);
    },
    get: () => (readSync(handle, word, 0, 8, 0) === 8 ? word[0] : 0),
  };
}

/**
 * One process that keeps `inFlight` jobs unfinished and executes them. The clock is read at each completion, because
 * some workers never give way to timers while there is work.
 */
export async function closed({ inFlight, warmMs, durationMs, session, nextJob, start, stop, onSettled }) {
  const began = performance.now();
  const from = began + warmMs;
  const to = from + durationMs;
  const idle = [];
  let seen = 0;
  let over = false;
  let unfinished = 0;
  let drained = () => undefined;
  onSettled(() => {
    const now = performance.now();
    if (now >= from && now < to) seen++;
    over ||= now >= to;
    unfinished--;
    const lane = idle.pop();
    lane?.();
    if (over && unfinished === 0) drained();
  });
  const lane = async () => {
    while (!over) {
      unfinished++;
      const finished = new Promise((resolve) => idle.push(resolve));
      await session.enqueue(nextJob());
      await finished;
    }
  };
  start();
  const lanes = Array.from({ length: inFlight }, lane);
  await new Promise((resolve, reject) => {
    const late = () => reject(new Error(`${unfinished} of ${inFlight} jobs in flight were never finished`));
    const timer = setTimeout(late, warmMs + durationMs + LAST_MS);
    drained = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  await Promise.all(lanes);
  await stop();
  return (seen * 1000) / durationMs;
}

/** A producer that keeps `inFlight` jobs unfinished, which another process executes and counts in `file`. */
export async function feed({ inFlight, warmMs, durationMs, file, session, nextJob }) {
  const done = counter(file);
  const from = performance.now() + warmMs;
  let sent = 0;
  let first;
  for (;;) {
    const settled = done.get();
    const now = performance.now();
    if (first === undefined && now >= from) first = { at: now, settled };
    if (first !== undefined && now >= first.at + durationMs) {
      return ((settled - first.settled) * 1000) / (now - first.at);
    }
    const calls = [];
    for (; sent - settled < inFlight; sent++) calls.push(session.enqueue(nextJob()));
    if (calls.length > 0) await Promise.all(calls);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
