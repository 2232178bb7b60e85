import { fork } from 'node:child_process';
import { basename } from 'node:path';

const CALL_MS = 60_000;
const alive = new Set();

/** Starts the bare loop of scripts/bench/loop.js in a process of its own. */
const startLoop = (plan) =>
  startChild(new URL('./loop.js', import.meta.url), plan, `the bare loop of ${basename(plan.module, '.js')}`);

/**
 * Starts a script that answers by answer.js. Calls have a deadline and reject when the process dies, and no such process
 * outlives this one.
 * @param what names it in errors
 */
export function startChild(script, plan, what) {
  const child = fork(script, [JSON.stringify(plan)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  if (alive.size === 0) process.prependOnceListener('exit', killAll); // before folders go that they write to
  alive.add(child);
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr = (stderr + text).slice(-2000);
  });
  const waiting = new Map();
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let ids = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(result);
    else reject?.(new Error(error));
  });
  child.on('exit', (code, signal) => {
    alive.delete(child);
    if (alive.size === 0) process.removeListener('exit', killAll);
    // Where it happened, with folders of this machine, comes behind the line that pages quote.
    const why = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? 'without a word';
    const error = new Error(`${what} ended (${signal ?? code}): ${why}\n${stderr.trim()}`);
    for (const { reject } of waiting.values()) reject(error);
  });
  return {
    pid: child.pid,
    ask(call, argument) {
      const id = ids++;
      return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`no answer to "${call}" of ${what} within ${CALL_MS} ms`));
        const timer = setTimeout(late, CALL_MS);
        const settle = (how) => (value) => {
          clearTimeout(timer);
          how(value);
        };
        waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
        child.send({ id, call, argument }, (error) => {
          if (error) waiting.get(id)?.reject(error);
        });
      });
    },
    async end() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Uses processes and ends them however it goes. */
export async function withLoops(plans, use) {
  const loops = plans.map(startLoop);
  try {
    return await use(loops);
  } finally {
    await Promise.all(loops.map((loop) => loop.end()));
  }
}

/** Some of them never give way to the message that the channel is gone. */
function killAll() {
  for (const child of alive) child.kill('SIGKILL');
}
