import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { Work } from '../core/job.js';
import { seconds } from '../engine/deadline.js';
import type { Case, Context, Found } from './case.js';
import { type Direct, jobOf, withQueue } from './direct.js';
import type { DoomedStart } from './doomedworker.js';
import { together } from './found.js';
import { readSeen } from './witness.js';

const OTHERS = 40;
const CONCURRENCY = 2;
/** After so many dead workers nobody believes that the next one is the last. */
const MOST_DEATHS = 12;
/** At the quick level nobody waits longer for one of several leases to lapse. */
const QUICK_RECOVERY_MS = 4_000;
const LOOK_MS = 20;
/** So long a supervisor bears a worker that answers no more. */
const STUCK_MS = 300;
/** A living worker that takes nothing for so long has nothing to take. */
const IDLE_MS = 500;

/** Jobs that are the end of a worker on whose own event loop they run. */
const DEADLY = [
  { work: { kind: 'exit' }, said: 'one that ends its process' },
  { work: { kind: 'cpu', ms: 3_600_000 }, said: 'one that computes for ever, whose worker is killed' },
] as const satisfies readonly { work: Work; said: string }[];
type Deadly = (typeof DEADLY)[number];

/**
 * Where jobs run on the worker's own event loop: its process is gone, or gets to nothing else and is killed, and another one
 * is started, as a supervisor does.
 */
export const doomedWorkers: Case = {
  name: 'a job that ends its worker, or lets it get to nothing else, is given up in the end, and the others go on',
  waits: 'for leases',
  applies: ({ topology, executes }) => topology === 'shared' && executes === 'loop',
  async run(context) {
    const { recoveryMs = 0 } = context.traits;
    if (context.level !== 'full' && recoveryMs > QUICK_RECOVERY_MS) {
      const notTested = `jobs of a dead worker may take ${seconds(recoveryMs)} to come back, several times: use --level full, or shorter leases`;
      return { violations: [], notTested };
    }
    // In queues of their own, at once: it is leases that take the time.
    const each = DEADLY.map((deadly) => doomedBy(deadly, context));
    await Promise.allSettled(each);
    const parts = await Promise.all(each);
    return { ...together(parts), figures: Object.assign({}, ...parts.map(({ figures }) => figures)) };
  },
};

function doomedBy(deadly: Deadly, context: Context): Promise<Found> {
  let address: Address = {};
  const { adapter } = context;
  const create: typeof adapter.create = async (o, scratch) => {
    address = await adapter.create(o, scratch);
    return address;
  };
  // On top of the adapter and no copy of it: what an adapter inherits is its own, too.
  const observed: typeof adapter = Object.assign(Object.create(adapter), { create });
  const use = (direct: Direct) => withWorkers(deadly, context, direct, address);
  return withQueue({ ...context, adapter: observed }, use);
}

async function withWorkers(deadly: Deadly, context: Context, direct: Direct, address: Address): Promise<Found> {
  const { producer } = direct;
  if (producer.depth === undefined) return { violations: [], notTested: 'the adapter does not tell what it holds' };
  for (let index = 0; index < OTHERS; index++) {
    if (index === OTHERS / 4) await producer.enqueue(jobOf(OTHERS, deadly.work));
    await producer.enqueue(jobOf(index, { kind: 'noop' }));
  }
  let deaths = 0;
  for (let end = 'died'; end === 'died' && deaths <= MOST_DEATHS; ) {
    end = await lifeOf(context, direct, startOf(context, direct, address, deaths), mayLose(context, deaths, 'with it'));
    if (end === 'died') deaths++;
  }
  const dead = await producer.dead?.();
  const completed = new Set(
    (await direct.close()).filter(({ ended }) => ended === 'completed').map((row) => row.index),
  );
  return judge(deadly, context, deaths, OTHERS - completed.size, dead);
}

function startOf({ ref, spinsPerMs }: Context, direct: Direct, address: Address, life: number): DoomedStart {
  const { epoch, scratchDir } = direct;
  const module = new URL('../work/handler.js', import.meta.url).href;
  const host = { module, epoch, logDir: scratchDir, log: 'durable', name: 'doomed', spinsPerMs, appDb: '' } as const;
  return { ref, address, host, name: `life${life}`, concurrency: CONCURRENCY };
}

/**
 * @param stuck so many jobs may count as held for ever: those that dead workers had claimed, at most once
 * @throws JobbenchError TIMEOUT when the worker neither dies nor leaves nothing to do
 */
async function lifeOf(
  context: Context,
  direct: Direct,
  start: DoomedStart,
  stuck: number,
): Promise<'died' | 'all done'> {
  const limitMs = context.timeoutMs + (context.traits.recoveryMs ?? 0);
  const child = fork(new URL('./doomedworker.js', import.meta.url), { execArgv: [], stdio: 'ignore' });
  const gone = once(child, 'exit');
  try {
    child.send(start);
    const deadline = direct.clock() + limitMs;
    let [held, since] = [Number.NaN, direct.clock()];
    while (direct.clock() < deadline) {
      if (context.signal.aborted) throw new JobbenchError('ABORTED', 'stopped while a worker was expected to die');
      if (exited(child)) return 'died';
      if (isStuck(direct, start)) child.kill('SIGKILL');
      const depth = (await direct.producer.depth?.()) ?? 0;
      if (depth !== held) [held, since] = [depth, direct.clock()];
      if (depth === 0 || (depth <= stuck && direct.clock() - since > IDLE_MS)) return 'all done';
      await Promise.race([sleep(LOOK_MS), gone]);
    }
    const what = 'a job that ends its worker to be given out again or given up, and the others to end';
    throw new JobbenchError('TIMEOUT', `timed out after ${seconds(limitMs)} waiting for ${what}`);
  } finally {
    child.kill('SIGKILL');
    if (!exited(child)) await gone;
  }
}

/** The witness has it, and not the worker: the job that never ends has begun there, and so nothing else will. */
function isStuck({ clock, scratchDir }: Direct, { host, name }: DoomedStart): boolean {
  const since = clock() - STUCK_MS;
  const own = `${host.name}.${name}`;
  const runs = readSeen(scratchDir, 'whole name').get(OTHERS)?.runs ?? [];
  return runs.some(({ process, ended, started }) => process === own && ended === 'never' && started < since);
}

function exited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** At most once, what a dying worker had in its hands or had claimed is lost with it. @param job the one that ended it */
function mayLose(
  { traits: { delivery, claimsAhead = 0 } }: Context,
  deaths: number,
  job: 'with it' | 'without it',
): number {
  const hands = job === 'with it' ? CONCURRENCY : CONCURRENCY - 1;
  return delivery === 'at-most-once' ? deaths * (hands + claimsAhead) : 0;
}

function judge(
  { said, work }: Deadly,
  context: Context,
  deaths: number,
  lost: number,
  dead: number | undefined,
): Found {
  const { delivery } = context.traits;
  const may = mayLose(context, deaths, 'without it');
  return {
    violations: [
      ...(deaths > MOST_DEATHS ? [`${said}: gave it out again after it had ended ${MOST_DEATHS} workers`] : []),
      ...(lost > may ? [`${said}: lost ${lost} of ${OTHERS} others`] : []),
      ...(delivery === 'at-least-once' && dead === 0 ? [`${said}: does not show it among the dead`] : []),
    ],
    facts: [`${said}: ${deaths} workers ended before it was given up; ${lost} of ${OTHERS} others lost`],
    figures: { [work.kind === 'exit' ? 'deaths' : 'stuck']: deaths },
  };
}
