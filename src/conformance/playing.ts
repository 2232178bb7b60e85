import type { WallMs } from '../core/clock.js';
import type { Job } from '../core/job.js';
import { type Arena, inArena } from './arena.js';
import { endedWithin } from './attempt.js';
import type { Context, Found } from './case.js';
import { counted, struckBy } from './counted.js';
import { jobOf, type Running, withQueue } from './direct.js';
import type { JobHistory } from './history.js';
import { type Command, WORKERS } from './steps.js';
import { busyWorkers } from './struck.js';

/** So long that workers have jobs in their hands when another comes back, which takes a few ms, and more on a busy machine. */
const WORK_MS = 40;
/** There may be nothing to do, and then harm comes all the same. */
const BUSY_MS = 200;
/** Longer than a worker takes to start, or to end what it has in hand. */
const HELD_UP_MS = 2_000;

/** Takes the steps, and counts what became of the jobs. */
export function play(context: Context, commands: readonly Command[]): Promise<Found> {
  return context.traits.topology === 'shared' ? playShared(context, commands) : playEmbedded(context, commands);
}

async function playShared(context: Context, commands: readonly Command[]): Promise<Found> {
  const cast = { workers: WORKERS, concurrency: 3, work: { kind: 'io', ms: WORK_MS } } as const;
  return inArena(context, cast, async (arena) => {
    for (let n = 0; n < WORKERS; n++) await arena.start(n);
    const state = new Map<number, Command['do']>();
    for (const command of commands) await step(arena, command, state);
    await arena.rest();
    // Where the other worker is down, nobody is there to take jobs over, and the time says nothing.
    const { recoveryMs: _, ...promised } = context.traits;
    const history = await arena.end();
    const forced = history.harms.filter(({ kind }) => kind !== 'stop');
    const found = counted(history, promised);
    const struck = struckBy(history.jobs, forced) ?? 0;
    return { ...found, figures: { ...found.figures, faults: forced.length, struck } };
  });
}

async function step(arena: Arena, command: Command, state: Map<number, Command['do']>): Promise<void> {
  switch (command.do) {
    case 'enqueue':
      for (let n = 0; n < command.jobs; n++) await arena.enqueue();
      return;
    case 'enqueueAt':
      return void (await arena.enqueue({ aheadMs: command.aheadMs }));
    case 'fail':
      return void (await arena.enqueue({ fails: command.fails, attempts: command.attempts }));
    case 'pause':
      return arena.pause(command.ms);
    case 'heal': {
      const harm = state.get(command.worker);
      state.delete(command.worker);
      if (harm === 'kill') return arena.revive(command.worker);
      if (harm === 'freeze') return arena.thaw(command.worker);
      await busyWorkers(arena, upright(state), BUSY_MS);
      return wakingSleepers(arena, state, arena.start(command.worker));
    }
    case 'stop':
    case 'kill':
    case 'freeze':
      state.set(command.worker, command.do);
      if (command.do === 'stop') return wakingSleepers(arena, state, arena.stop(command.worker));
      await busyWorkers(arena, [command.worker], BUSY_MS);
      if (command.do === 'kill') return arena.kill(`worker-${command.worker}`);
      return arena.freeze(command.worker);
    default:
      return command satisfies never;
  }
}

/**
 * Waits for what another worker does. Who was frozen amid a transaction may hold the lock of the store, which nobody else gets
 * then: where that takes too long, all that sleep are woken up.
 */
export async function wakingSleepers(
  { thaw }: Pick<Arena, 'thaw'>,
  down: ReadonlyMap<number, Command['do']>,
  act: Promise<void>,
  limitMs = HELD_UP_MS,
): Promise<void> {
  if (await endedWithin(act, limitMs)) return;
  for (const [worker, harm] of down) if (harm === 'freeze') thaw(worker);
  await act;
}

/** Workers to which nothing is done at the moment. */
function upright(down: ReadonlyMap<number, unknown>): number[] {
  return Array.from({ length: WORKERS }, (_, n) => n).filter((n) => !down.has(n));
}

/** Nobody can be killed without the queue, which is in this process: it is stopped and started again. */
function playEmbedded(context: Context, commands: readonly Command[]): Promise<Found> {
  return withQueue(context, async (direct) => {
    const made: Omit<JobHistory, 'runs' | 'told'>[] = [];
    const { producer, clock, epoch, reports } = direct;
    async function put(more: Partial<Job>, fails = 0, aheadMs?: number): Promise<void> {
      const work = fails > 0 ? ({ kind: 'fail', times: fails } as const) : ({ kind: 'io', ms: 2 } as const);
      const job: Job = { ...jobOf(made.length, work), ...more };
      const at = (Date.now() + (aheadMs ?? 0)) as WallMs; // Date.now() is what WallMs is the brand of
      await (aheadMs === undefined ? producer.enqueue(job) : producer.enqueueAt?.(job, at));
      const due = aheadMs === undefined ? {} : { dueMs: at - epoch.wallMs };
      made.push({ index: job.index, acceptedMs: clock(), attempts: more.attempts ?? 1, fails, ...due });
    }
    let running: Running | undefined = direct.start(3);
    for (const command of commands) {
      if (command.do === 'enqueue') for (let n = 0; n < command.jobs; n++) await put({});
      else if (command.do === 'enqueueAt') await put({}, 0, command.aheadMs);
      else if (command.do === 'fail') await put({ attempts: command.attempts }, command.fails);
      else if (command.do === 'pause') await new Promise((resolve) => setTimeout(resolve, command.ms));
      else if (command.do === 'heal') running ??= direct.start(3);
      else {
        await running?.stop();
        running = undefined;
      }
    }
    // By their indices: one that is told of twice must not stand for another.
    const ended = () => new Set(reports.filter(({ outcome }) => outcome !== 'retrying').map(({ index }) => index));
    await direct.until(() => ended().size >= made.length, `${made.length} jobs to settle`);
    await running?.stop();
    const rows = await direct.close();
    const runs = (of: number) => rows.filter(({ index }) => index === of).map((row) => ({ ...row, process: 'own' }));
    const told = (of: number) => reports.filter(({ index }) => index === of).map((one) => ({ ...one, process: 'own' }));
    const jobs = made.map((one) => ({ ...one, runs: runs(one.index), told: told(one.index) }));
    const unexpected = rows.filter(({ index }) => index >= made.length).length;
    return counted({ jobs, harms: [], unexpected }, context.traits);
  });
}
