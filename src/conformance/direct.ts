import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Session, Settings } from '../core/adapter.js';
import { type Epoch, type RunMs, runClock, takeEpoch } from '../core/clock.js';
import { JobbenchError } from '../core/errors.js';
import type { HostSpec } from '../core/host.js';
import type { Job, Outcome, Work } from '../core/job.js';
import { answersOf } from '../engine/answers.js';
import { seconds, within } from '../engine/deadline.js';
import { noteQueue } from '../engine/leftovers.js';
import { type Host, openHost } from '../work/handler.js';
import { LOGS, readLog } from '../work/logs.js';
import type { Context } from './case.js';
import { type Miscount, NotSettled } from './miscounts.js';

const LOOK_MS = 2;

/** One execution, from the event logs: the adapter is never its own witness. */
export interface Execution {
  readonly index: number;
  readonly started: number;
  /** NaN = it never ended. */
  readonly finished: number;
  readonly ended: 'completed' | 'threw' | 'never';
}

/** An adapter's sessions in this process, for what a whole trial cannot show. */
export interface Direct {
  readonly epoch: Epoch;
  readonly scratchDir: string;
  /** `jobbench:<run>:<name>`: what the adapter was given to name things outside the folder. */
  readonly scratchName: string;
  readonly address: Address;
  clock(): RunMs;
  /** Enqueues. For an embedded backend the same session as `worker`. */
  readonly producer: Session;
  readonly worker: Session;
  connect(): Promise<Session>;
  start(concurrency: number): Running;
  /** Executions that the adapter reported so far, those that will be retried left out. */
  readonly settled: number;
  /** What it reported of each execution, and when. */
  readonly reports: readonly Report[];
  /** Of those that settled, the ones that it reported as failed. */
  readonly failed: number;
  /** @throws NotSettled at the deadline: all that is waited for are jobs */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Closes the sessions; then the event logs are complete. */
  close(): Promise<readonly Execution[]>;
}

export interface Report {
  readonly index: number;
  readonly outcome: Outcome;
  readonly atMs: number;
}

export interface Running {
  /** Asks to stop, and resolves when `run` has. */
  stop(): Promise<void>;
}

/** Opens an empty queue, hands it over, and removes it whatever happens. @param more what the host is asked beside its log */
export async function withQueue<T>(
  context: Context,
  use: (direct: Direct) => Promise<T>,
  more: Pick<HostSpec, 'payloads' | 'log'> = {},
): Promise<T> {
  const { adapter, ref, runId, scratchRoot, allowRemote, timeoutMs } = context;
  const name = `direct${serial++}`;
  const dir = join(scratchRoot, name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const scratch = { dir, name: `jobbench:${runId}:${name}`, allowRemote };
  try {
    const address = await within(adapter.create(ref.options, scratch), timeoutMs, 'the adapter to create a queue');
    noteQueue(dir, { module: ref.module, address });
    const epoch = takeEpoch();
    const host = { ...hostIn(dir, epoch, context.spinsPerMs), ...more };
    const own = openHost(host, 'own');
    const sessions: Session[] = [];
    const connect = async () => {
      const session = await within(adapter.connect(address, ref.options), timeoutMs, 'the adapter to connect');
      sessions.push(session);
      return session;
    };
    try {
      const producer = await connect();
      const worker = context.traits.topology === 'shared' ? await connect() : producer;
      return await use(
        direct(context, host, own, { scratchName: scratch.name, address, producer, worker, sessions, connect }),
      );
    } finally {
      await within(Promise.all(sessions.map((session) => session.close())), timeoutMs, 'sessions to close');
      own.close();
      await adapter.destroy?.(address);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What the backend says of itself; nothing where it cannot be asked, which the cases tell. */
export async function effectiveOf(context: Context): Promise<Settings> {
  try {
    return await withQueue(context, ({ producer }) => answersOf(context.ref.name, producer).effective());
  } catch {
    return {};
  }
}

/** Cases may run in one process, one after another: their folders must differ. */
let serial = 0;

interface Sessions extends Pick<Direct, 'scratchName' | 'address'> {
  readonly producer: Session;
  readonly worker: Session;
  readonly sessions: readonly Session[];
  connect(): Promise<Session>;
}

function hostIn(dir: string, epoch: Epoch, spinsPerMs: number): HostSpec {
  const module = new URL('../work/handler.js', import.meta.url).href;
  return { module, epoch, logDir: dir, name: 'case', spinsPerMs, appDb: join(dir, 'app.sqlite3') };
}

function direct({ timeoutMs, signal }: Context, host: HostSpec, own: Host, opened: Sessions): Direct {
  const { epoch, logDir } = host;
  const clock = runClock(epoch);
  const { sessions, ...shown } = opened;
  const { worker } = shown;
  let settled = 0;
  let failed = 0;
  const reports: Report[] = [];
  const report = (index: number, outcome: Outcome) => {
    reports.push({ index, outcome, atMs: clock() });
    if (outcome !== 'retrying') settled++;
    if (outcome === 'failed') failed++;
  };
  return {
    ...{ epoch, clock, ...shown, scratchDir: logDir, reports },
    get settled() {
      return settled;
    },
    get failed() {
      return failed;
    },
    start(concurrency) {
      const abort = new AbortController();
      const runner = { concurrency, signal: abort.signal, handle: own.handle, host, settled: report };
      const done = worker.run(runner);
      done.catch(() => undefined); // `stop` has it
      return {
        stop() {
          abort.abort();
          return within(done, timeoutMs, 'run() to resolve after its signal was aborted');
        },
      };
    },
    async until(condition, what) {
      const deadline = clock() + timeoutMs;
      while (!condition()) {
        if (signal.aborted) throw new JobbenchError('ABORTED', `stopped while waiting for ${what}`);
        if (clock() > deadline) {
          throw new NotSettled(`timed out after ${seconds(timeoutMs)} waiting for ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    async close() {
      await within(Promise.all(sessions.map((session) => session.close())), timeoutMs, 'sessions to close');
      own.close();
      return executions(logDir);
    },
  };
}

function executions(dir: string): Execution[] {
  const found: Execution[] = [];
  for (const file of readdirSync(dir).filter((name) => name.endsWith(LOGS.executed))) {
    readLog(join(dir, file), (index, started, finished, flag) => {
      found.push({ index, started, finished, ended: flag === 1 ? 'completed' : flag === 2 ? 'threw' : 'never' });
    });
  }
  return found;
}

export function jobOf(index: number, work: Work): Job {
  return { index, queue: 'default', work, payload: `payload ${index}` };
}

/** Jobs of `0 .. n-1` that did not complete exactly once. */
export function notOnce(rows: readonly Execution[], n: number): Miscount[] {
  const completions = new Map<number, number>();
  for (const { index, ended } of rows) {
    if (ended === 'completed') completions.set(index, (completions.get(index) ?? 0) + 1);
  }
  const lost = Array.from({ length: n }, (_, index) => index).filter((index) => !completions.has(index));
  const repeated = [...completions].filter(([, times]) => times > 1);
  return [
    { kind: 'lost' as const, n: lost.length, said: `lost ${lost.length} of ${n} accepted jobs` },
    {
      kind: 'repeated' as const,
      n: repeated.length,
      said: `repeated ${repeated.length} of ${n} jobs, without a fault`,
    },
  ].flatMap(({ n: many, ...miscount }) => (many > 0 ? [miscount] : []));
}
