import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { codeOf, describeError } from '../core/errors.js';
import type { ProcessPlan } from '../core/plan.js';
import { hideValues, redact } from '../core/secrets.js';
import type { Reply, Request } from './protocol.js';
import { openRoles, type Roles } from './roles/roles.js';

/*
 * Entry point of every process of a trial, and of the role threads inside one: reads its plan, plays its roles, answers
 * the coordinator. `node child.js plan.json` starts any role by hand. A process whose coordinator is gone exits.
 */

if (isMainThread) {
  // The coordinator wrote the file as JSON of this type.
  const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ProcessPlan;
  if (plan.clockOffMs !== undefined) setClockWrong(plan.clockOffMs);
  process.on('disconnect', () => process.exit(1));
  const send = (reply: Reply) => {
    if (process.connected) process.send?.(reply);
  };
  await serve(plan, 'main', send, (receive) => process.on('message', receive));
} else {
  const port = parentPort;
  if (port === null) throw new Error('a role thread has no parent port');
  await serve(
    workerData as ProcessPlan, // by startThread, below
    'inner',
    (reply) => port.postMessage(reply),
    (receive) => port.on('message', receive),
  );
}

async function serve(
  plan: ProcessPlan,
  thread: 'main' | 'inner',
  send: (reply: Reply) => void,
  listen: (receive: (message: Request) => void) => void,
): Promise<void> {
  hideValues(process.env);
  hideValues(plan.adapter.options);
  hideValues(plan.address);
  const fail = (error: unknown) => send({ from: plan.name, failed: asData(error) });
  process.on('uncaughtException', fail);
  try {
    const inner = plan.threads.map((threadPlan) => startThread(threadPlan, send));
    const roles = await openRoles(plan, thread, (settled) => send({ from: plan.name, settled }), fail);
    listen((message) => {
      const target = inner.find((other) => other.name === message.to);
      if (target !== undefined) target.worker.postMessage(message);
      else void answer(roles, message, send);
    });
    if (plan.onSigterm === 'stop') process.on('SIGTERM', () => void roles.calls.work({ to: 'off' }).catch(fail));
    send({ from: plan.name, ready: true });
  } catch (error) {
    fail(error);
  }
}

async function answer(roles: Roles, message: Request, send: (reply: Reply) => void): Promise<void> {
  if ('settled' in message) return roles.relay(message.settled);
  const { id, call, argument } = message;
  try {
    // The request type pairs each call with its argument; the indexed access loses that pairing.
    const act = roles.calls[call] as (argument: unknown) => Promise<unknown>;
    send({ id, result: await act(argument) });
  } catch (error) {
    send({ id, error: asData(error) });
  }
}

function startThread(plan: ProcessPlan, send: (reply: Reply) => void) {
  const worker = new Worker(new URL(import.meta.url), { workerData: plan });
  worker.on('message', send);
  worker.on('error', (error) => send({ from: plan.name, failed: asData(error) }));
  worker.on('exit', (code) => {
    if (code !== 0)
      send({ from: plan.name, failed: { code: 'CHILD', message: `the thread exited with code ${code}` } });
  });
  return { name: plan.name, worker };
}

function asData(error: unknown): { code: string; message: string } {
  if (process.env.JOBBENCH_DEBUG === '1' && error instanceof Error)
    process.emitWarning(redact(error.stack ?? error.message));
  return { code: codeOf(error) ?? 'CHILD', message: describeError(error) };
}

/** The wall clock of this process, as a machine with a wrong one has it; the run clock stays right. */
function setClockWrong(offMs: number): void {
  const Right = Date;
  const now = () => Right.now() + offMs;
  globalThis.Date = class extends Right {
    // One parameter stands for all of them: `Date` is overloaded, and only the empty call tells the time.
    constructor(...given: [] | [number]) {
      super(...(given.length === 0 ? ([now()] as [number]) : given));
    }
    static override now = now;
  } as DateConstructor;
}
