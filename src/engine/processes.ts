import { JobbenchError } from '../core/errors.js';
import type { ProcessPlan } from '../core/plan.js';
import { type Child, endChild, killChild, startChild } from './childprocess.js';
import { within } from './deadline.js';
import { pendingCalls } from './pendingcalls.js';
import type { Calls, Reply, Request, Verb } from './protocol.js';
import { rollCall } from './rollcall.js';

const READY_MS = 30_000;

/** The processes of one trial, and a way to ask their roles. */
export interface Processes {
  readonly names: readonly string[];
  /** @throws JobbenchError TIMEOUT naming the role and the call, CHILD when it died or failed */
  ask<V extends Verb>(
    role: string,
    call: V,
    argument: Calls[V]['argument'],
    timeoutMs: number,
    despite?: 'failure',
  ): Promise<Calls[V]['result']>;
  relay(role: string, settled: number): void;
  /** Rejects as soon as any role dies or fails by itself; never resolves. */
  readonly failure: Promise<never>;
  readonly pids: ReadonlyMap<string, number>;
  /** Kills the process of a role and whatever it started. Nobody takes it for a failure. */
  kill(role: string): Promise<void>;
  /** Starts a role again that was killed, in its next life. @throws JobbenchError TIMEOUT when it does not get ready */
  revive(role: string): Promise<void>;
  /** Ends all processes: those that finished by themselves, the others by SIGKILL. */
  end(): Promise<void>;
}

/** Starts a process for each plan and waits until all their roles are ready. */
export async function startProcesses(
  plans: readonly ProcessPlan[],
  dir: string,
  progress: (role: string, settled: number) => void,
  signal: AbortSignal,
): Promise<Processes> {
  const pending = pendingCalls<Child>();
  const roll = rollCall();
  const children = new Map<string, Child>();
  const routes = new Map<string, Child>();
  const lives = new Map<string, number>();
  /** Processes that are to die, or are dead, because we killed them. */
  const doomed = new Set<Child>();
  let fail: (error: Error) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => undefined); // whoever waits races against it; unobserved it must not end the process
  let ending = false;

  function received(reply: Reply): void {
    if ('id' in reply) {
      if ('error' in reply) pending.reject(reply.id, failureOf(reply.error));
      else pending.resolve(reply.id, reply.result);
    } else if ('ready' in reply) roll.ready(reply.from);
    else if ('settled' in reply) progress(reply.from, reply.settled);
    else fail(failureOf(reply.failed, `${reply.from}: `));
  }

  function start(plan: ProcessPlan): void {
    const child = startChild(plan, dir);
    children.set(plan.name, child);
    for (const role of [plan, ...plan.threads]) routes.set(role.name, child);
    child.process.on('message', received);
    child.process.on('error', (cause) =>
      fail(new JobbenchError('CHILD', `${plan.name} could not be started`, { cause })),
    );
    child.process.on('exit', (code, signal) => {
      if (ending || doomed.has(child)) return;
      const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
      const error = new JobbenchError('CHILD', `${plan.name} ${how}${child.lastWords()}`);
      pending.rejectAll(error);
      fail(error);
    });
  }

  function post(role: string, message: Request): void {
    const child = routes.get(role);
    // A send to a child that just died fails asynchronously; its exit is what gets reported.
    if (child?.process.connected) child.process.send(message, () => undefined);
  }

  const pids = new Map<string, number>();
  const planOf = (role: string): ProcessPlan => {
    const plan = plans.find(({ name }) => name === role);
    if (plan === undefined) throw new Error(`${role} has no process of its own`);
    return plan;
  };
  const processes: Processes = {
    names: [...plans.flatMap((plan) => [plan.name, ...plan.threads.map((thread) => thread.name)])],
    failure,
    pids,
    async ask(role, call, argument, timeoutMs, despite) {
      const { id, answer } = pending.open(routes.get(role));
      // The request type pairs each call with its argument; the generic call loses that pairing.
      post(role, { to: role, id, call, argument } as Request);
      const result = await within(
        despite ? answer : Promise.race([answer, failure]),
        timeoutMs,
        `${role} to answer "${call}"`,
      );
      return result as Calls[typeof call]['result']; // so does the reply: `id` pairs it with its call
    },
    relay: (role, settled) => post(role, { to: role, settled }),
    async kill(role) {
      const plan = planOf(role);
      const child = children.get(plan.name);
      if (child === undefined || doomed.has(child)) return;
      doomed.add(child);
      for (const { name } of [plan, ...plan.threads]) roll.gone(name);
      await killChild(child, role);
      pending.rejectAll(new JobbenchError('CHILD', `${role} was killed on purpose`), child);
    },
    async revive(role) {
      const plan = planOf(role);
      const life = (lives.get(role) ?? 0) + 1;
      lives.set(role, life);
      start({ ...plan, life });
      pids.set(role, children.get(role)?.process.pid ?? 0);
      const roles = [plan, ...plan.threads].map(({ name }) => name);
      await within(Promise.race([roll.all(roles), failure]), READY_MS, `${role} to be ready again`);
    },
    async end() {
      ending = true;
      await Promise.all([...children.values()].map(endChild));
    },
  };
  for (const plan of plans) start(plan);
  for (const [name, child] of children) pids.set(name, child.process.pid ?? 0);
  try {
    await within(
      Promise.race([roll.all(routes.keys()), failure]),
      READY_MS,
      'all processes of the trial to be ready',
      signal,
    );
    return processes;
  } catch (error) {
    await processes.end();
    throw error;
  }
}

/** Codes that a process may answer with. A backend that is gone is told from a process that went wrong: the exit code differs. */
const KEPT = ['ENVIRONMENT', 'UNSUPPORTED', 'TIMEOUT'] as const;

function failureOf(failed: { readonly code: string; readonly message: string }, before = ''): JobbenchError {
  const code = KEPT.find((kept) => kept === failed.code) ?? 'CHILD';
  return new JobbenchError(code, `${before}${failed.message}`, { cause: failed });
}
