import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, Session } from '../core/adapter.js';
import { type Epoch, type RunMs, runClock, takeEpoch, toWall } from '../core/clock.js';
import { describeError, JobbenchError } from '../core/errors.js';
import type { Job, Work } from '../core/job.js';
import { logName, type ProcessPlan } from '../core/plan.js';
import type { Load } from '../core/scenario.js';
import { CALL_MS, seconds, within } from '../engine/deadline.js';
import { noteQueue } from '../engine/leftovers.js';
import type { Role } from '../engine/place.js';
import { planFor } from '../engine/plans.js';
import { type Processes, startProcesses } from '../engine/processes.js';
import type { Context } from './case.js';
import type { Harm, History, JobHistory } from './history.js';
import { plainLayout } from './trials.js';
import { readMade, readSeen } from './witness.js';

/** Jobs that this process enqueues have indices from here on; those of producer processes begin at 0. */
const OWN = 1_000_000;
const LOOK_MS = 20;
/** Nothing moves for so long, beyond the time in which a killed worker's jobs come back: then nothing will. */
const STILL_MS = 5_000;

/** Who takes part. */
export interface Cast {
  readonly producers?: number;
  readonly workers: number;
  readonly concurrency?: number;
  /** What jobs of producer processes do, and those of this one where nothing else is said. */
  readonly work: Work;
  /** How wrong the wall clock of each worker is, in ms. */
  readonly clockOffMs?: readonly number[];
  /** Another way to the same queue, for the processes and this one. */
  reach?(address: Address): Address | Promise<Address>;
}

/** A queue with processes around it to which harm is done, and a witness of all that happens. */
export interface Arena {
  readonly address: Address;
  readonly epoch: Epoch;
  clock(): RunMs;
  /** Of this process: to enqueue, and to look. */
  readonly session: Session;
  readonly dir: string;
  /** Jobs that ended, as far as the processes have told. */
  settled(): number;
  /** Enqueues from this process. @param more `fails`: how many attempts throw; `aheadMs`: scheduled so far ahead */
  enqueue(more?: { work?: Work; fails?: number; attempts?: number; aheadMs?: number }): Promise<'accepted' | 'refused'>;
  /** Enqueues by another session. @returns why it was refused; undefined when it was accepted */
  attempt(by: Session, payload: string, limitMs: number): Promise<string | undefined>;
  /** Lets producer processes enqueue; resolves when they have, or were killed. */
  produce(load: Load): Promise<void>;
  start(worker: number): Promise<void>;
  /** Asked to stop, as by a deployment. */
  stop(worker: number): Promise<void>;
  kill(role: `${'worker' | 'producer'}-${number}`): Promise<void>;
  revive(worker: number): Promise<void>;
  freeze(worker: number): void;
  thaw(worker: number): void;
  /** Notes harm that was done to something else than a process of ours. */
  note(harm: Harm): void;
  pause(ms: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, what: string, ms?: number): Promise<void>;
  /** Waits until all that was accepted has ended, or nothing moves any more and nothing will. */
  rest(): Promise<void>;
  /** What is known until now. */
  look(): History;
  /** Ends the processes; then all is known. */
  end(): Promise<History>;
}

let serial = 0;

/** Opens an empty queue with processes around it, hands it over, and removes all of it whatever happens. */
export async function inArena<T>(context: Context, cast: Cast, use: (arena: Arena) => Promise<T>): Promise<T> {
  const { adapter, ref, runId, scratchRoot, allowRemote } = context;
  const name = `arena${serial++}`;
  const dir = join(scratchRoot, name);
  const folders = { dir, store: join(dir, 'store'), logDir: join(dir, 'log') };
  for (const folder of [folders.store, folders.logDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const scratch = { dir: folders.store, name: `jobbench:${runId}:${name}`, allowRemote };
    const created = await within(adapter.create(ref.options, scratch), CALL_MS, 'the adapter to create a queue');
    noteQueue(dir, { module: ref.module, address: created });
    try {
      const address = (await cast.reach?.(created)) ?? created;
      return await populate(context, cast, address, folders, use);
    } finally {
      await within((async () => adapter.destroy?.(created))(), CALL_MS, 'the adapter to remove its queue');
    }
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Folders {
  readonly dir: string;
  readonly store: string;
  readonly logDir: string;
}

async function populate<T>(
  context: Context,
  cast: Cast,
  address: Address,
  folders: Folders,
  use: (arena: Arena) => Promise<T>,
): Promise<T> {
  const { adapter, ref, signal } = context;
  const epoch = takeEpoch();
  const plans = plansOf(context, cast, address, epoch, folders);
  const told = new Map<string, number>();
  const lives = new Map<string, { before: number; now: number }>();
  const progress = (role: string, settled: number) => {
    const life = lives.get(role) ?? { before: 0, now: 0 };
    lives.set(role, { ...life, now: settled });
    told.set(role, life.before + settled);
  };
  const buried = (role: string) => lives.set(role, { before: told.get(role) ?? 0, now: 0 });
  const session = await within(adapter.connect(address, ref.options), CALL_MS, 'the adapter to connect');
  try {
    const processes = await startProcesses(plans, folders.dir, progress, signal);
    try {
      const settled = () => [...told.values()].reduce((sum, n) => sum + n, 0);
      return await use(arenaOf({ context, cast, address, folders, epoch, plans, session, processes, settled, buried }));
    } finally {
      await processes.end();
    }
  } finally {
    await within(session.close(), CALL_MS, 'a session to close');
  }
}

function plansOf(context: Context, cast: Cast, address: Address, epoch: Epoch, folders: Folders): ProcessPlan[] {
  const { producers = 0, workers, concurrency = plainLayout.concurrency, work, clockOffMs = [] } = cast;
  const layout = { ...plainLayout, producers, workers, concurrency, work };
  const request = { ...context, name: folders.dir, layout, keep: false };
  const roles: Role[] = [
    ...Array.from({ length: producers }, (_, ordinal) => ({
      name: `producer-${ordinal}`,
      producer: { ordinal, producers },
      threads: [],
    })),
    ...Array.from({ length: workers }, (_, n) => ({ name: `worker-${n}`, worker: { concurrency }, threads: [] })),
  ];
  return roles.map((role) => {
    const off = role.worker === undefined ? undefined : clockOffMs[Number(role.name.slice('worker-'.length))];
    const plan = planFor(role, request, address, epoch, folders);
    // What may be killed must leave its witness behind.
    return { ...plan, log: 'durable', ...(off !== undefined && off !== 0 && { clockOffMs: off }) };
  });
}

interface Parts {
  readonly context: Context;
  readonly cast: Cast;
  readonly address: Address;
  readonly folders: Folders;
  readonly epoch: Epoch;
  readonly plans: readonly ProcessPlan[];
  readonly session: Session;
  readonly processes: Processes;
  settled(): number;
  buried(role: string): void;
}

type Made = Omit<JobHistory, 'runs' | 'told'>;

function arenaOf(parts: Parts): Arena {
  const { context, cast, address, folders, epoch, plans, session, processes, settled } = parts;
  const { signal, timeoutMs, traits } = context;
  const clock = runClock(epoch);
  const own: Made[] = [];
  const harms: Harm[] = [];
  const lives = new Map<string, number>();
  const dead = new Set<string>();
  const asleep = new Map<string, number>();
  const held = (cast.concurrency ?? plainLayout.concurrency) + (traits.claimsAhead ?? 0);
  const worker = (n: number) => `worker-${n}`;
  const life = (name: string) => logName({ name, life: lives.get(name) ?? 0 });
  const hands = (role: string) => ({ process: life(role), held });

  async function switched(n: number, to: 'on' | 'off'): Promise<void> {
    await processes.ask(worker(n), 'work', to, timeoutMs);
  }

  const arena: Arena = {
    ...{ address, epoch, clock, session, dir: folders.store, settled },
    async enqueue({ work = cast.work, fails = 0, attempts = 1, aheadMs } = {}) {
      const index = OWN + own.length;
      const body: Work = fails > 0 ? { kind: 'fail', times: fails } : work;
      const plain: Job = { index, queue: 'default', work: body, payload: 'x'.repeat(plainLayout.payloadBytes) };
      const job: Job = attempts > 1 ? { ...plain, attempts } : plain;
      const at = aheadMs === undefined ? undefined : toWall(epoch, (clock() + aheadMs) as RunMs); // the same clock, later
      const made: Made = {
        index,
        acceptedMs: undefined,
        attempts,
        fails,
        ...(at !== undefined && { dueMs: at - epoch.wallMs }),
      };
      const place = own.push(made) - 1;
      try {
        await (at === undefined ? session.enqueue(job) : session.enqueueAt?.(job, at));
        own[place] = { ...made, acceptedMs: clock() };
        return 'accepted';
      } catch {
        return 'refused'; // counted as such: whoever calls knows whether it was to be expected
      }
    },
    async attempt(by, payload, limitMs) {
      const index = OWN + own.length;
      const made: Made = { index, acceptedMs: undefined, attempts: 1, fails: 0 };
      const place = own.push(made) - 1;
      try {
        await within(by.enqueue({ index, queue: 'default', work: cast.work, payload }), limitMs, 'an enqueue to end');
        own[place] = { ...made, acceptedMs: clock() };
        return undefined;
      } catch (error) {
        return describeError(error);
      }
    },
    async produce(jobs) {
      const order = { name: 'all', startMs: clock(), jobs };
      const producers = plans.filter(({ producer }) => producer !== undefined).map(({ name }) => name);
      const limitMs = timeoutMs + (jobs.kind === 'count' ? jobs.maxMs : jobs.durationMs);
      const each = producers.map(async (name) => {
        try {
          await processes.ask(name, 'phase', order, limitMs);
        } catch (error) {
          if (!dead.has(name)) throw error;
        }
      });
      await Promise.all(each);
    },
    start: (n) => switched(n, 'on'),
    async stop(n) {
      const atMs = clock();
      await switched(n, 'off');
      harms.push({ kind: 'stop', ...hands(worker(n)), atMs, untilMs: clock() });
    },
    async kill(role) {
      const atMs = clock();
      dead.add(role);
      await processes.kill(role);
      harms.push({ kind: 'kill', ...hands(role), atMs, untilMs: clock() });
      parts.buried(role);
    },
    async revive(n) {
      await processes.revive(worker(n));
      lives.set(worker(n), (lives.get(worker(n)) ?? 0) + 1);
      dead.delete(worker(n));
      await switched(n, 'on');
    },
    freeze(n) {
      process.kill(-(processes.pids.get(worker(n)) ?? 0), 'SIGSTOP');
      asleep.set(worker(n), clock());
    },
    thaw(n) {
      const atMs = asleep.get(worker(n));
      if (atMs === undefined) return;
      asleep.delete(worker(n));
      const untilMs = clock();
      process.kill(-(processes.pids.get(worker(n)) ?? 0), 'SIGCONT');
      harms.push({ kind: 'freeze', ...hands(worker(n)), atMs, untilMs });
    },
    note: (harm) => void harms.push(harm),
    look: () => historyOf(folders.logDir, cast, own, harms),
    pause: (ms) => sleep(ms, undefined, { signal }).catch(() => stopped(signal, 'a pause')),
    async until(condition, what, ms = timeoutMs) {
      const deadline = clock() + ms;
      while (!(await condition())) {
        if (signal.aborted) stopped(signal, what);
        if (clock() > deadline)
          throw new JobbenchError('TIMEOUT', `timed out after ${seconds(ms)} waiting for ${what}`);
        await sleep(LOOK_MS);
      }
    },
    async rest() {
      const still = STILL_MS + (traits.recoveryMs ?? 0);
      let [moved, movedMs, empty] = [-1, clock() as number, 0];
      for (;;) {
        const { accepted, open, seen } = unfinished();
        if (open === 0 && accepted >= 0) return;
        if (seen !== moved) [moved, movedMs, empty] = [seen, clock(), 0];
        else if (await holdsNothing()) empty++;
        if (empty >= 4 || clock() - movedMs > still) return;
        if (signal.aborted) stopped(signal, 'jobs to end');
        await Promise.race([sleep(open > 1000 ? 500 : 100), processes.failure]);
      }
    },
    async end() {
      for (const name of asleep.keys()) arena.thaw(Number(name.slice('worker-'.length)));
      const living = plans.filter(({ name }) => !dead.has(name));
      await Promise.all(living.map(({ name }) => processes.ask(name, 'finish', undefined, CALL_MS)));
      await processes.end();
      harms.sort((a, b) => a.atMs - b.atMs);
      return historyOf(folders.logDir, cast, own, harms);
    },
  };

  function unfinished(): { accepted: number; open: number; seen: number } {
    const { jobs } = arena.look();
    const accepted = jobs.filter(({ acceptedMs }) => acceptedMs !== undefined);
    const open = accepted.filter(({ told }) => !told.some(({ outcome }) => outcome !== 'retrying'));
    return {
      accepted: accepted.length,
      open: open.length,
      seen: jobs.reduce((n, { runs, told }) => n + runs.length + told.length, 0),
    };
  }
  async function holdsNothing(): Promise<boolean> {
    try {
      return (await session.depth?.()) === 0;
    } catch {
      return false; // a backend that is gone for the moment is not empty
    }
  }
  return arena;
}

function historyOf(logDir: string, cast: Cast, own: readonly Made[], harms: readonly Harm[]): History {
  const seen = readSeen(logDir);
  const fails = cast.work.kind === 'fail' ? cast.work.times : 0;
  const made: Made[] = [...readMade(logDir)].map(([index, acceptedMs]) => ({ index, acceptedMs, attempts: 1, fails }));
  const jobs = [...made, ...own].map((one) => ({ ...one, ...(seen.get(one.index) ?? { runs: [], told: [] }) }));
  const known = new Set(jobs.map(({ index }) => index));
  const unexpected = [...seen].filter(([index, { runs }]) => !known.has(index) && runs.length > 0).length;
  return { jobs, harms, unexpected };
}

function stopped(signal: AbortSignal, what: string): never {
  throw new JobbenchError('ABORTED', `stopped while waiting for ${what}`, { cause: signal.reason });
}
