import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../core/promises.js';
import { miscountsOf } from './accounted.js';
import { busyStore } from './busy.js';
import type { Case, Context } from './case.js';
import { wrongClock } from './clock.js';
import { producerKilled, workerKilled, workerStopped } from './crash.js';
import { doomedWorkers } from './doomed.js';
import { frozenWorker } from './freeze.js';
import { fullStore, unfitStore } from './full.js';
import { randomHistories } from './histories.js';
import { machineKilled } from './machines.js';
import type { MiscountKind } from './miscounts.js';
import { badNetwork } from './network.js';
import { ownWorker } from './ownworker.js';
import { flushed } from './powerloss.js';
import { everybodyKilled, serverKilled } from './server.js';
import { serverBack } from './serverback.js';
import { QUICK, type Verdict, verifyCase } from './verify.js';

/** Every case there is, in the order in which a reader wants to know: without a fault first. */
export const SUITE: readonly Case[] = [
  ...QUICK,
  workerKilled,
  frozenWorker,
  producerKilled,
  workerStopped,
  doomedWorkers,
  everybodyKilled,
  serverKilled,
  serverBack,
  flushed,
  machineKilled,
  badNetwork,
  busyStore,
  ownWorker,
  fullStore,
  unfitStore,
  wrongClock,
  randomHistories,
];

/** So many wait at once; their processes start one after another. */
const LANES = 4;
const STAGGER_MS = 1_500;

const STATUS = {
  kept: 'proved',
  broken: 'violated',
  'not promised': 'not claimed',
  'not tested': 'not tested',
} as const satisfies Record<Verdict['status'], Finding['status']>;

/**
 * Tries every promise of one adapter. What mostly waits, for leases to lapse or machines to boot, is under way while the
 * others are tried.
 * @param told what is being tried, how many were, and how many there are
 * @throws JobbenchError ABORTED when the signal fires
 */
export async function verifyAll(
  cases: readonly Case[],
  context: Context,
  told: (name: string, done: number, of: number) => void,
): Promise<Finding[]> {
  const promised = (one: Case) => one.applies(context.traits, context.adapter);
  const { topology, executes, unlimited } = context.traits;
  // Where nothing limits how many run, machines of one case would take the processors from those of another.
  const machines = topology === 'embedded' && executes === 'process' && unlimited !== true;
  const waits = (one: Case) => one.waits === 'for leases' || (one.waits === 'for machines' && machines);
  const of = cases.filter(promised).length;
  let done = 0;
  async function find(one: Case, known?: ReadonlySet<MiscountKind>): Promise<Finding> {
    const from = performance.now();
    const verdict = await verifyCase(one, context, known);
    if (promised(one)) done++;
    return findingOf(one, verdict, performance.now() - from);
  }
  // The first has the machine to itself: it is the one with the most jobs, and nothing may fail meanwhile.
  const [first, ...others] = cases;
  if (first === undefined) return [];
  if (promised(first)) told(first.name, done, of);
  const accounts = await find(first);
  const known = miscountsOf(accounts);
  const now = new Map([[first, accounts]]);
  const waiting = new Map<Case, Promise<Finding>>();
  const lanes: Promise<Finding>[] = [];
  for (const one of others.filter(waits)) {
    const each = promised(one) ? inTurn(lanes, context.signal, () => find(one, known)) : find(one);
    each.catch(() => undefined); // awaited below, unless another fails first
    waiting.set(one, each);
  }
  const findings: Finding[] = [];
  try {
    for (const one of others.filter((one) => !waits(one))) {
      if (promised(one)) told(one.name, done, of);
      now.set(one, await find(one, known));
    }
    for (const one of cases) {
      if (waiting.has(one) && done < of) told(one.name, done, of);
      const finding = now.get(one) ?? (await waiting.get(one));
      if (finding !== undefined) findings.push(finding);
    }
  } finally {
    await Promise.allSettled(waiting.values()); // their processes must be gone before the folder is
  }
  return findings;
}

/** Begins a little after the one before, and when the one `LANES` before has ended. */
function inTurn<T>(lanes: Promise<T>[], signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  const stagger = sleep(lanes.length * STAGGER_MS, undefined, { signal });
  // How the one before ended, and that somebody stopped us, both say themselves.
  const each = Promise.allSettled([lanes.at(-LANES), stagger]).then(act);
  lanes.push(each);
  return each;
}

function findingOf({ name, about }: Case, verdict: Verdict, ms: number): Finding {
  const { status, violations, code, facts = [], figures = {}, notTested } = verdict;
  return {
    name,
    ...(about !== undefined && { about }),
    status: STATUS[status],
    ...(status === 'not tested' && notTested !== undefined && { why: notTested }),
    ...(code !== undefined && { code }),
    violations: [...violations],
    facts: [...facts],
    figures: { ...figures },
    ms: Math.round(ms),
  };
}
