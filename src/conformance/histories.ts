import type { WallMs } from '../core/clock.js';
import type { Job } from '../core/job.js';
import { seeded, seedFor } from '../core/random.js';
import type { Traits } from '../core/traits.js';
import { type Arena, inArena } from './arena.js';
import type { Case, Context, Found } from './case.js';
import { counted } from './counted.js';
import { tooLate } from './crash.js';
import { jobOf, type Running, withQueue } from './direct.js';
import type { JobHistory } from './history.js';

/** One step of a history. */
export type Command =
  | { readonly do: 'enqueue'; readonly jobs: number }
  | { readonly do: 'enqueueAt'; readonly aheadMs: number }
  | { readonly do: 'fail'; readonly fails: number; readonly attempts: number }
  | { readonly do: 'stop' | 'kill' | 'freeze' | 'heal'; readonly worker: number }
  | { readonly do: 'pause'; readonly ms: number };

const WORKERS = 2;
const STEPS = 14;
const WORK_MS = 15;

/**
 * The steps of the history of a seed: the same seed, the same steps. Harm is done only where there is somebody to do it to:
 * to the workers of a shared queue, and at the end everybody is healed.
 */
export function historyOf(seed: number, traits: Traits, steps = STEPS): Command[] {
  const random = seeded(seedFor(seed, 'history'));
  const whole = (most: number) => Math.floor(random() * most);
  const state: ('on' | 'stop' | 'kill' | 'freeze')[] = Array.from(
    { length: traits.topology === 'shared' ? WORKERS : 1 },
    () => 'on',
  );
  const commands: Command[] = [{ do: 'enqueue', jobs: 5 }];
  for (let n = 0; n < steps; n++) {
    const dice = random();
    const worker = whole(state.length);
    if (dice < 0.3) commands.push({ do: 'enqueue', jobs: 1 + whole(8) });
    else if (dice < 0.4 && traits.schedules) commands.push({ do: 'enqueueAt', aheadMs: whole(120) });
    else if (dice < 0.5 && traits.retries) commands.push({ do: 'fail', fails: 1 + whole(3), attempts: 2 + whole(2) });
    else if (dice < 0.65) commands.push({ do: 'pause', ms: 5 + whole(60) });
    else if (state[worker] !== 'on') {
      commands.push({ do: 'heal', worker });
      state[worker] = 'on';
    } else {
      const harm = traits.topology === 'shared' ? (['stop', 'kill', 'freeze'] as const)[whole(3)] : 'stop';
      if (harm === undefined) continue;
      commands.push({ do: harm, worker });
      state[worker] = harm;
    }
  }
  for (const [worker, is] of state.entries()) if (is !== 'on') commands.push({ do: 'heal', worker });
  return commands;
}

/** Steps that nobody thought of, one after another; each history can be had again by its seed. */
export const randomHistories: Case = {
  name: 'random histories of enqueues, failures, stops, kills and freezes break no promise',
  about: 'delivery',
  waits: true,
  applies: () => true,
  async run(context) {
    const late = context.traits.topology === 'shared' ? tooLate(context) : undefined;
    if (late !== undefined) return late;
    const violations: string[] = [];
    let [jobs, lost, repeated] = [0, 0, 0];
    const rounds = roundsOf(context);
    for (let n = 0; n < rounds; n++) {
      const seed = seedFor(context.seed, 'round', n);
      const { violations: broken, figures = {} } = await playHistory(context, seed);
      violations.push(...broken.map((text) => `history ${n + 1} of ${rounds}: ${text}`));
      jobs += figures.accepted ?? 0;
      lost += figures.lost ?? 0;
      repeated += figures.repeated ?? 0;
    }
    const facts = [
      `${rounds} ${rounds === 1 ? 'history' : 'histories'} of ${jobs.toLocaleString('en-US')} jobs: lost ${lost}; repeated ${repeated}`,
    ];
    return { violations, facts };
  },
};

/** Where leases are long a history takes as long: then there are few. */
function roundsOf({ level = 'quick', traits }: Context): number {
  if (traits.topology === 'embedded') return level === 'full' ? 60 : 8;
  const slow = (traits.recoveryMs ?? 0) > 5_000;
  if (level === 'full') return slow ? 3 : 30;
  return slow ? 1 : 3;
}

export function playHistory(context: Context, seed: number): Promise<Found> {
  const commands = historyOf(seed, context.traits);
  return context.traits.topology === 'shared' ? playShared(context, commands) : playEmbedded(context, commands);
}

async function playShared(context: Context, commands: readonly Command[]): Promise<Found> {
  const cast = { workers: WORKERS, concurrency: 3, work: { kind: 'io', ms: WORK_MS } } as const;
  return inArena(context, cast, async (arena) => {
    for (let n = 0; n < WORKERS; n++) await arena.start(n);
    const state = new Map<number, Command['do']>();
    for (const command of commands) await step(arena, command, state);
    await arena.rest();
    return counted(await arena.end(), context.traits);
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
      if (harm === 'kill') return arena.revive(command.worker);
      if (harm === 'freeze') return arena.thaw(command.worker);
      return arena.start(command.worker);
    }
    case 'stop':
    case 'kill':
    case 'freeze':
      state.set(command.worker, command.do);
      if (command.do === 'stop') return arena.stop(command.worker);
      if (command.do === 'kill') return arena.kill(`worker-${command.worker}`);
      return arena.freeze(command.worker);
    default:
      return command satisfies never;
  }
}

/** Nobody can be killed without the queue, which is in this process: it is stopped and started again. */
function playEmbedded(context: Context, commands: readonly Command[]): Promise<Found> {
  return withQueue(context, async (direct) => {
    const made: Omit<JobHistory, 'runs' | 'told'>[] = [];
    const { producer, clock, epoch } = direct;
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
    await direct.until(() => direct.settled >= made.length, `${made.length} jobs to settle`);
    await running?.stop();
    const rows = await direct.close();
    const runs = (of: number) => rows.filter(({ index }) => index === of).map((row) => ({ ...row, process: 'own' }));
    const jobs = made.map((one) => ({ ...one, runs: runs(one.index), told: [] }));
    const unexpected = rows.filter(({ index }) => index >= made.length).length;
    return counted({ jobs, harms: [], unexpected }, context.traits);
  });
}
