import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Address, Settings } from '../core/adapter.js';
import { type Epoch, type RunMs, runClock, takeEpoch } from '../core/clock.js';
import { JobbenchError } from '../core/errors.js';
import type { AdapterRef, ProcessPlan } from '../core/plan.js';
import type { Ledger } from '../core/result.js';
import type { Layout, Phase } from '../core/scenario.js';
import type { CallTimes, PhaseWindow, Timeline } from '../core/timeline.js';
import type { Traits } from '../core/traits.js';
import { within } from './deadline.js';
import { ledgerOf } from './ledger.js';
import { mergeLogs } from './merge.js';
import { place, type Role } from './place.js';
import { type Processes, startProcesses } from './processes.js';
import type { FinalReport, PhaseReport } from './protocol.js';
import { type Settlement, settlement } from './settlement.js';

/** Everybody gets so long to hear of a phase before it begins. */
const HEADS_UP_MS = 50;
const CALL_MS = 15_000;
const PINGS = 20;

export interface TrialRequest {
  /** Short and unique within the run: names folders and keys. */
  readonly name: string;
  readonly runId: string;
  readonly adapter: Adapter;
  readonly ref: AdapterRef;
  readonly traits: Traits;
  readonly layout: Layout;
  readonly seed: number;
  /** Deadline of each phase, beyond its own duration. */
  readonly timeoutMs: number;
  readonly scratchRoot: string;
  readonly spinsPerMs: number;
  readonly allowRemote: boolean;
  readonly keep: boolean;
}

export interface TrialOutcome {
  /** Why the trial did not come to its end; the rest is what was recorded until then. */
  readonly failure?: JobbenchError;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  readonly effective: Settings;
  readonly skewBoundUs: number;
  /** Change of wall clock minus run clock from begin to end, in ms. */
  readonly clockStepMs: number;
  readonly cpuMs: number;
  readonly enqueueErrors: readonly string[];
}

/** Told of a trial while it runs; tests use it to do harm at the right moment. */
export interface TrialHooks {
  started?(pids: ReadonlyMap<string, number>): void;
  phase?(name: string, startMs: RunMs, epoch: Epoch): void;
}

/** Runs one trial from an empty queue to merged logs, and leaves nothing behind. */
export async function runTrial(
  request: TrialRequest,
  signal: AbortSignal,
  hooks: TrialHooks = {},
): Promise<TrialOutcome> {
  const dir = join(request.scratchRoot, request.name);
  const store = join(dir, 'store');
  const logDir = join(dir, 'log');
  for (const folder of [store, logDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const scratch = { dir: store, name: `jobbench:${request.runId}:${request.name}`, allowRemote: request.allowRemote };
  let address: Address | undefined;
  try {
    address = await within(
      request.adapter.create(request.ref.options, scratch),
      CALL_MS,
      'the adapter to create a queue',
    );
    return await conduct(request, address, { dir, store, logDir }, signal, hooks);
  } finally {
    if (address !== undefined) await request.adapter.destroy?.(address);
    if (!request.keep) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Folders {
  readonly dir: string;
  readonly store: string;
  readonly logDir: string;
}

async function conduct(
  request: TrialRequest,
  address: Address,
  folders: Folders,
  signal: AbortSignal,
  hooks: TrialHooks,
): Promise<TrialOutcome> {
  const { layout } = request;
  const epoch = takeEpoch();
  const clock = runClock(epoch);
  const plans = place(layout, request.traits).map((role) => planFor(role, request, address, epoch, folders));
  const roles = plans.flatMap((plan) => [plan, ...plan.threads]);
  const producers = roles.filter((role) => role.producer);
  let relaying = false;
  const settled = settlement((total) => {
    if (relaying) for (const role of producers) if (!role.worker) processes?.relay(role.name, total);
  });
  let processes: Processes | undefined;
  processes = await startProcesses(plans, folders.dir, settled.report);
  const windows: PhaseWindow[] = [];
  const errors: string[] = [];
  const calls: CallTimes[] = [];
  let failure: JobbenchError | undefined;
  let effective: Settings = {};
  let skewBoundUs = 0;
  let finals: FinalReport[] = [];
  try {
    hooks.started?.(processes.pids);
    skewBoundUs = await skewBound(processes, clock);
    const stage = { processes, roles, settled, clock, signal, request, hooks, epoch, errors, calls };
    relaying = true;
    for (const phase of layout.phases) windows.push(await runPhase(stage, phase));
    // Last, because a pool has no threads before it runs.
    const connected = roles.find((role) => role.worker) ?? roles.find((role) => role.producer);
    if (connected) effective = await processes.ask(connected.name, 'effective', undefined, CALL_MS);
    finals = await finish(processes, roles);
  } catch (error) {
    failure = error instanceof JobbenchError ? error : new JobbenchError('CHILD', String(error), { cause: error });
    finals = await salvage(processes, roles);
  }
  await processes.end();
  const timeline = mergeLogs({
    logDir: folders.logDir,
    epoch,
    seed: request.seed,
    phases: layout.phases,
    windows,
    produced: producers.map((role) => finals[roles.indexOf(role)]?.produced ?? []),
    usage: finals.flatMap((report) => report.usage),
    calls,
    observations: finals.flatMap((report) => (report.observation ? [report.observation] : [])),
    storeBytes: bytesIn(folders.store),
  });
  const ahead = new Set(
    layout.phases.filter((p) => p.jobs?.kind === 'open' && p.jobs.aheadMs !== undefined).map((p) => p.name),
  );
  return {
    ...(failure && { failure }),
    timeline,
    ledger: ledgerOf(timeline, (phase) => ahead.has(phase)),
    effective,
    skewBoundUs,
    clockStepMs: Date.now() - epoch.wallMs - clock(),
    cpuMs: finals.reduce((sum, report) => sum + report.totalCpuMs, 0),
    enqueueErrors: errors,
  };
}

function planFor(role: Role, request: TrialRequest, address: Address, epoch: Epoch, folders: Folders): ProcessPlan {
  const { layout } = request;
  const socket = join(folders.dir, 'web.sock');
  const jobs = { work: layout.work, payloadBytes: layout.payloadBytes, attempts: layout.attempts, queue: 'default' };
  return {
    name: role.name,
    adapter: request.ref,
    address,
    epoch,
    seed: request.seed,
    logDir: folders.logDir,
    appDb: join(folders.store, 'app.sqlite3'),
    spinsPerMs: request.spinsPerMs,
    ...(role.producer && { producer: { ...role.producer, jobs } }),
    ...(role.worker && { worker: role.worker }),
    ...(role.web && layout.web && { web: { ...layout.web, socket } }),
    ...(role.load && { load: { socket } }),
    threads: role.threads.map((thread) => planFor(thread, request, address, epoch, folders)),
  };
}

interface Stage {
  readonly processes: Processes;
  readonly roles: readonly ProcessPlan[];
  readonly settled: Settlement;
  readonly clock: () => RunMs;
  readonly signal: AbortSignal;
  readonly request: TrialRequest;
  readonly hooks: TrialHooks;
  readonly epoch: Epoch;
  readonly errors: string[];
  readonly calls: CallTimes[];
  working?: 'on' | 'off';
  accepted?: number;
}

async function runPhase(stage: Stage, phase: Phase): Promise<PhaseWindow> {
  const { processes, roles, clock, signal, request } = stage;
  const workers = roles.filter((role) => role.worker);
  const ask = <T>(wait: Promise<T>, ms: number, what: string) =>
    within(wait, ms, `${what} in phase "${phase.name}"`, signal);
  if ((stage.working ?? 'off') !== phase.workers) {
    const switched = workers.map((role) => processes.ask(role.name, 'work', phase.workers, request.timeoutMs));
    await ask(Promise.all(switched), request.timeoutMs, `workers to be ${phase.workers}`);
    stage.working = phase.workers;
  }
  const lasting = Math.max(lengthOf(phase.jobs), phase.web?.durationMs ?? 0);
  const limitMs = lasting + request.timeoutMs;
  const startMs = (clock() + HEADS_UP_MS) as RunMs;
  stage.hooks.phase?.(phase.name, startMs, stage.epoch);
  const { name, jobs, web } = phase;
  const order = { name, startMs, ...(jobs && { jobs }), ...(web && { web }) };
  const reports = await ask(
    Promise.all(roles.map((role) => processes.ask(role.name, 'phase', order, limitMs))),
    limitMs,
    'producers and load generator',
  );
  if (jobs === undefined && web === undefined && phase.until === 'produced') await rest(startMs, clock);
  const producedMs = (jobs && jobs.kind !== 'count') || web ? startMs + lasting : clock();
  noteErrors(stage, reports);
  if (phase.until === 'settled') await settle(stage, limitMs, phase.name);
  const endMs = clock();
  await ask(Promise.all(roles.map((role) => processes.ask(role.name, 'over', name, CALL_MS))), CALL_MS, 'readings');
  return { name, startMs, producedMs, endMs };
}

function noteErrors(stage: Stage, reports: readonly PhaseReport[]): void {
  for (const report of reports) {
    if (report.calls) stage.calls.push(report.calls);
    stage.accepted = (stage.accepted ?? 0) + (report.accepted || 0);
    for (const message of report.errors) if (stage.errors.length < 5) stage.errors.push(message);
  }
}

async function settle(stage: Stage, limitMs: number, name: string): Promise<void> {
  const worker = stage.roles.find((role) => role.worker);
  const depth = async () => (worker ? stage.processes.ask(worker.name, 'depth', undefined, CALL_MS) : undefined);
  const wait = stage.settled.reached(stage.accepted ?? 0, limitMs, depth);
  const racing = Promise.race([wait, stage.processes.failure]);
  await within(racing, limitMs + CALL_MS, `jobs of phase "${name}" to settle`, stage.signal);
}

function lengthOf(load: Phase['jobs']): number {
  if (load === undefined) return 0;
  return load.kind === 'count' ? load.maxMs : load.durationMs;
}

function rest(startMs: RunMs, clock: () => RunMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs - clock())));
}

/** Half the shortest round trip bounds how far a child's reading of the clock can be from ours. */
async function skewBound(processes: Processes, clock: () => RunMs): Promise<number> {
  let worstMs = 0;
  for (const name of processes.names) {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < PINGS; i++) {
      const before = clock();
      const there = await processes.ask(name, 'ping', undefined, CALL_MS);
      const after = clock();
      best = Math.min(best, Math.max(there - before, after - there));
    }
    worstMs = Math.max(worstMs, best);
  }
  return worstMs * 1000;
}

function finish(processes: Processes, roles: readonly ProcessPlan[]): Promise<FinalReport[]> {
  // Load first would be enough, but closing in parallel is safe: every role closes only what is its own.
  return Promise.all(roles.map((role) => processes.ask(role.name, 'finish', undefined, CALL_MS)));
}

/** After a failure: whatever can still be had within a short time, nothing where a process is gone. */
async function salvage(processes: Processes, roles: readonly ProcessPlan[]): Promise<FinalReport[]> {
  const nothing: FinalReport = { usage: [], produced: [], totalCpuMs: 0 };
  return Promise.all(
    roles.map(async (role) => {
      try {
        return await processes.ask(role.name, 'finish', undefined, 2_000, 'failure');
      } catch {
        return nothing; // the failure itself is reported; this role has nothing to add
      }
    }),
  );
}

function bytesIn(dir: string): number {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('app.sqlite3'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
