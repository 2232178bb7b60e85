import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { WallMs } from '../core/clock.js';
import { JobbenchError } from '../core/errors.js';
import type { Job, Work } from '../core/job.js';
import { within } from '../engine/deadline.js';
import type { Case, Context } from './case.js';
import { type Direct, type Execution, jobOf, withQueue } from './direct.js';
import type { ClientStart } from './uniqueclient.js';

const KEYS = 10;
const TIMES = 50;
/** Alike to what compares them carelessly. */
const ALIKE = ['', ' ', 'k', 'K', 'k\u0000', '\ud800', '\ufffd', '__proto__'];

/** A webhook that arrives twice. From two sessions and another process at once where the backend is shared. */
export const unique: Case = {
  name: 'of many enqueues of one key at the same time one takes effect, until its job has ended',
  waits: 'for machines',
  applies: (traits) => traits.unique,
  run: (context) =>
    withQueue(context, async (direct) => {
      const { worker } = direct;
      const sent = await enqueueAll(direct, context);
      const running = direct.start(4);
      await direct.until(() => direct.settled >= KEYS + ALIKE.length, `${KEYS + ALIKE.length} jobs to settle`);
      const again = sent.length;
      const poison = keyed(again, 'fails', { kind: 'fail', times: 1000 });
      await worker.enqueue(poison);
      await direct.until(() => direct.settled >= KEYS + ALIKE.length + 1, 'a failing job to settle');
      const free = [poison.key, ...Array.from({ length: KEYS }, (_, k) => `key ${k}`)];
      for (const [k, key] of free.entries()) await worker.enqueue(keyed(again + 1 + k, key));
      const all = KEYS + ALIKE.length + 1 + free.length;
      await direct.until(() => direct.settled >= all, 'keys to be free again after their jobs had ended');
      await running.stop();
      return judge(await direct.close(), sent, again);
    }),
};

function keyed(index: number, key: string, work: Work = { kind: 'noop' }) {
  return { ...jobOf(index, work), key };
}

/** @returns the key of each index */
async function enqueueAll(direct: Direct, context: Context): Promise<string[]> {
  const { producer, worker } = direct;
  const { bulk, schedules, topology } = context.traits;
  const client = topology === 'shared' ? await clientOf(direct, context) : undefined;
  const keys: string[] = [];
  const job = (key: string) => keyed(keys.push(key) - 1, key);
  const soon = (Date.now() - 1) as WallMs; // Date.now() is what WallMs is the brand of
  try {
    for (let k = 0; k < KEYS; k++) {
      const others = client?.enqueue(Array.from({ length: TIMES / 2 }, () => job(`key ${k}`)));
      const calls: Promise<unknown>[] = Array.from({ length: TIMES }, (_, n) =>
        (n % 2 ? producer : worker).enqueue(job(`key ${k}`)),
      );
      if (schedules) calls.push(producer.enqueueAt?.(job(`key ${k}`), soon) ?? Promise.resolve());
      if (bulk) calls.push(producer.enqueueMany?.([job(`key ${k}`), job(`key ${k}`)]) ?? Promise.resolve());
      await Promise.all([...calls, others]);
    }
  } finally {
    client?.end();
  }
  for (const key of ALIKE) await producer.enqueue(job(key));
  return keys;
}

/** A process that enqueues what it is sent. */
async function clientOf({ address }: Direct, { ref, timeoutMs }: Context) {
  const child = fork(new URL('./uniqueclient.js', import.meta.url), { execArgv: [], stdio: 'ignore' });
  const ask = (message: ClientStart | readonly Job[]) => answered(child, message, timeoutMs);
  await ask({ ref, address });
  return { enqueue: (jobs: readonly Job[]) => ask(jobs), end: () => child.kill('SIGKILL') };
}

/** @throws JobbenchError TIMEOUT without an answer; CHILD with what went wrong there. Then the process is ended */
async function answered(child: ChildProcess, message: ClientStart | readonly Job[], ms: number): Promise<void> {
  try {
    const answer = once(child, 'message');
    child.send(message);
    const [wrong] = await within(answer, ms, 'another process to enqueue jobs');
    if (wrong !== '') throw new JobbenchError('CHILD', `another process could not enqueue: ${wrong}`);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function judge(rows: readonly Execution[], keys: readonly string[], before: number) {
  const effects = new Map<string, Set<number>>();
  for (const { index } of rows.filter(({ index }) => index < before)) {
    const key = keys[index] ?? '';
    effects.set(key, (effects.get(key) ?? new Set()).add(index));
  }
  const twice = [...effects.values()].filter((indices) => indices.size > 1);
  const distinct = new Set(keys).size;
  const most = Math.max(...[...effects.values()].map(({ size }) => size));
  return {
    violations: [
      ...(twice.length > 0
        ? [`executed more than one job for ${twice.length} of ${distinct} keys, ${most} for one of them`]
        : []),
    ],
    miscounts:
      effects.size < distinct
        ? [{ kind: 'lost' as const, said: `executed no job for ${distinct - effects.size} of ${distinct} keys` }]
        : [],
    facts: [`${keys.length} enqueues of ${distinct} keys, ${TIMES} at once: ${effects.size} keys took effect`],
  };
}
