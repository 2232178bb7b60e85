import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Session } from '../core/adapter.js';
import { type Epoch, type RunMs, runClock, takeEpoch } from '../core/clock.js';
import { CALL_MS, within } from '../engine/deadline.js';
import { noteQueue } from '../engine/leftovers.js';
import { type Processes, startProcesses } from '../engine/processes.js';
import type { Context } from './case.js';
import { type Cast, type Folders, plansOf } from './cast.js';
import { type Harming, harming } from './harming.js';
import type { Harm, History } from './history.js';
import { type Made, type OwnJobs, ownJobs } from './ownjobs.js';
import { plainLayout } from './trials.js';
import { type Watching, watching } from './watching.js';
import { readMade, readSeen } from './witness.js';

/** A queue with processes around it to which harm is done, and a witness of all that happens. */
export interface Arena extends Omit<OwnJobs, 'made'>, Omit<Harming, 'harms' | 'isDead' | 'thawAll'>, Watching {
  readonly address: Address;
  readonly epoch: Epoch;
  clock(): RunMs;
  /** Of this process: to enqueue, and to look. */
  readonly session: Session;
  readonly dir: string;
  /** Jobs that ended, as far as the processes have told. */
  settled(): number;
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

async function populate<T>(
  context: Context,
  cast: Cast,
  address: Address,
  folders: Folders,
  use: (arena: Arena) => Promise<T>,
): Promise<T> {
  const { adapter, ref, signal } = context;
  const epoch = takeEpoch();
  const tally = tallyOfLives();
  const session = await within(adapter.connect(address, ref.options), CALL_MS, 'the adapter to connect');
  try {
    const plans = plansOf(context, cast, address, epoch, folders);
    const processes = await startProcesses(plans, folders.dir, tally.told, signal);
    try {
      return await use(arenaOf({ context, cast, address, folders, epoch, session, processes, tally }));
    } finally {
      await processes.end();
    }
  } finally {
    await within(session.close(), CALL_MS, 'a session to close');
  }
}

/** Jobs that ended, over all lives of all processes: each life counts from 0. */
function tallyOfLives() {
  const before = new Map<string, number>();
  const now = new Map<string, number>();
  const sum = (of: Map<string, number>) => [...of.values()].reduce((total, n) => total + n, 0);
  return {
    told: (role: string, settled: number) => void now.set(role, settled),
    buried(role: string) {
      before.set(role, (before.get(role) ?? 0) + (now.get(role) ?? 0));
      now.delete(role);
    },
    settled: () => sum(before) + sum(now),
  };
}

interface Parts {
  readonly context: Context;
  readonly cast: Cast;
  readonly address: Address;
  readonly folders: Folders;
  readonly epoch: Epoch;
  readonly session: Session;
  readonly processes: Processes;
  readonly tally: ReturnType<typeof tallyOfLives>;
}

function arenaOf({ context, cast, address, folders, epoch, session, processes, tally }: Parts): Arena {
  const { signal, timeoutMs, traits } = context;
  const { settled, buried } = tally;
  const clock = runClock(epoch);
  const { made, ...jobs } = ownJobs(session, epoch, cast.work, timeoutMs);
  const held = (cast.concurrency ?? plainLayout.concurrency) + (traits.claimsAhead ?? 0);
  const producers = processes.names.filter((name) => name.startsWith('producer-'));
  const { harms, isDead, thawAll, ...harm } = harming({ processes, producers, held, timeoutMs, clock, buried });
  const look = () => historyOf(folders.logDir, cast, made, harms);
  const { failure } = processes;
  const waits = watching({ session, failure, timeoutMs, recoveryMs: traits.recoveryMs ?? 0, signal, clock, look });
  return {
    ...{ address, epoch, clock, session, dir: folders.store, settled, look },
    ...jobs,
    ...harm,
    ...waits,
    async end() {
      thawAll();
      const living = processes.names.filter((name) => !isDead(name));
      await Promise.all(living.map((name) => processes.ask(name, 'finish', undefined, CALL_MS)));
      await processes.end();
      return look();
    },
  };
}

function historyOf(logDir: string, cast: Cast, own: readonly Made[], harms: readonly Harm[]): History {
  const seen = readSeen(logDir);
  const fails = cast.work.kind === 'fail' ? cast.work.times : 0;
  const made: Made[] = [...readMade(logDir)].map(([index, acceptedMs]) => ({ index, acceptedMs, attempts: 1, fails }));
  const jobs = [...made, ...own].map((one) => ({ ...one, ...(seen.get(one.index) ?? { runs: [], told: [] }) }));
  const known = new Set(jobs.map(({ index }) => index));
  const unexpected = [...seen].filter(([index, { runs }]) => !known.has(index) && runs.length > 0).length;
  return { jobs, harms: [...harms].sort((a, b) => a.atMs - b.atMs), unexpected };
}
