import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Address, Settings } from '../core/adapter.js';
import { runClock, takeEpoch } from '../core/clock.js';
import { describeError, JobbenchError } from '../core/errors.js';
import type { AdapterRef, ProcessPlan } from '../core/plan.js';
import type { Ledger } from '../core/result.js';
import type { Layout } from '../core/scenario.js';
import type { PhaseWindow, Timeline } from '../core/timeline.js';
import type { Traits } from '../core/traits.js';
import { CALL_MS, within } from './deadline.js';
import { footprint } from './footprint.js';
import { ledgerOf } from './ledger.js';
import { forgetQueue, hideInPlans, noteQueue } from './leftovers.js';
import { mergeLogs, type Recorded } from './merge.js';
import { startNoise } from './noise.js';
import { newStage, runPhase, type Stage, skewBound, type TrialHooks } from './phases.js';
import { place } from './place.js';
import { type Folders, planFor } from './plans.js';
import { type Processes, startProcesses } from './processes.js';
import type { FinalReport } from './protocol.js';
import { dropCutLogs, producedUntilFailure, salvage, windowsUntilFailure } from './salvage.js';
import { settlement } from './settlement.js';

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
  /** Share of the machine's time that the hypervisor took away meanwhile. */
  readonly stealPercent: number;
  readonly enqueueErrors: readonly string[];
}

/** Runs one trial from an empty queue to merged logs, and leaves nothing behind. */
export async function runTrial(
  request: TrialRequest,
  signal: AbortSignal,
  hooks: TrialHooks = {},
): Promise<TrialOutcome> {
  const dir = join(request.scratchRoot, request.name);
  const folders = { dir, store: join(dir, 'store'), logDir: join(dir, 'log') };
  for (const folder of [folders.store, folders.logDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const address = await createQueue(request, folders.store);
    noteQueue(dir, { module: request.ref.module, address });
    let removal: JobbenchError | undefined;
    let outcome: TrialOutcome;
    try {
      outcome = await conduct(request, address, folders, signal, hooks);
    } finally {
      removal = await removeQueue(request.adapter, address);
      if (removal === undefined) forgetQueue(dir);
    }
    return removal === undefined || outcome.failure !== undefined ? outcome : { ...outcome, failure: removal };
  } catch (error) {
    // One backend's trouble is its own cell's. What the user must correct, and bugs of ours, end the run.
    if (!(error instanceof JobbenchError) || error.code === 'USAGE') throw error;
    return nothingRecorded(error, request, folders);
  } finally {
    if (request.keep) hideInPlans(dir);
    else rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function createQueue({ adapter, ref, runId, name, allowRemote }: TrialRequest, dir: string): Promise<Address> {
  const scratch = { dir, name: `jobbench:${runId}:${name}`, allowRemote };
  // An async function, so that an adapter that throws at once is an adapter that rejects.
  const creating = (async () => adapter.create(ref.options, scratch))();
  try {
    return await within(creating, CALL_MS, 'the adapter to create a queue');
  } catch (error) {
    // One that comes after its deadline is nobody's any more.
    void creating.then((late) => removeQueue(adapter, late)).catch(() => undefined);
    throw ofAdapter(error, 'the adapter could not create a queue');
  }
}

/** @returns why something of the trial may be left in the backend */
async function removeQueue(adapter: Adapter, address: Address): Promise<JobbenchError | undefined> {
  try {
    await within((async () => adapter.destroy?.(address))(), CALL_MS, 'the adapter to remove its queue');
    return undefined;
  } catch (error) {
    return ofAdapter(error, 'the adapter could not remove its queue');
  }
}

function ofAdapter(error: unknown, what: string): JobbenchError {
  if (error instanceof JobbenchError) return error;
  return new JobbenchError('CHILD', `${what}: ${describeError(error)}`, { cause: error });
}

async function conduct(
  request: TrialRequest,
  address: Address,
  folders: Folders,
  signal: AbortSignal,
  hooks: TrialHooks,
): Promise<TrialOutcome> {
  const { layout } = request;
  const noise = startNoise();
  const epoch = takeEpoch();
  const clock = runClock(epoch);
  const plans = place(layout, request.traits).map((role) => planFor(role, request, address, epoch, folders));
  const roles = plans.flatMap((plan) => [plan, ...plan.threads]);
  const producers = roles.filter((role) => role.producer);
  let stage: Stage | undefined;
  const settled = settlement((total) => {
    for (const role of producers) if (!role.worker) stage?.processes.relay(role.name, total);
  });
  const processes = await startProcesses(plans, folders.dir, settled.report, signal);
  const windows: PhaseWindow[] = [];
  let failure: JobbenchError | undefined;
  let effective: Settings = {};
  let skewBoundUs = 0;
  let finals: FinalReport[] = [];
  try {
    hooks.started?.(processes.pids);
    skewBoundUs = await skewBound(processes, clock);
    const { timeoutMs } = request;
    const beside = footprint(folders.dir, processes.pids);
    stage = newStage({ processes, roles, settled, clock, signal, timeoutMs, hooks, epoch, footprint: beside });
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
  if (failure?.code !== 'ABORTED') failure = lostBackend(stage) ?? failure;
  if (failure !== undefined) dropCutLogs(folders.logDir);
  const recorded: Recorded = {
    logDir: folders.logDir,
    epoch,
    seed: request.seed,
    phases: layout.phases,
    windows: failure === undefined ? windows : windowsUntilFailure(windows, stage, clock()),
    produced: producers.map((role) =>
      failure === undefined
        ? (finals[roles.indexOf(role)]?.produced ?? [])
        : producedUntilFailure(role, stage, folders.logDir),
    ),
    usage: [...finals.flatMap((report) => report.usage), ...(stage?.usage ?? [])],
    strikes: stage?.strikes ?? [],
    calls: stage?.calls ?? [],
    observations: finals.flatMap((report) => (report.observation ? [report.observation] : [])),
    storeBytes: bytesIn(folders.store),
  };
  return {
    ...(failure && { failure }),
    ...counted(recorded, layout.attempts),
    effective,
    skewBoundUs,
    clockStepMs: Date.now() - epoch.wallMs - clock(),
    cpuMs: finals.reduce((sum, report) => sum + report.totalCpuMs, 0) + backendCpuMs(stage),
    stealPercent: noise(0).stealPercent,
    enqueueErrors: (stage?.errors ?? []).map((error) => error.message),
  };
}

/** An enqueue refused because the backend is gone says nothing of the backend's promises: there is no number, and no blame. */
function lostBackend(stage: Stage | undefined): JobbenchError | undefined {
  const lost = stage?.errors.find((error) => error.code === 'ENVIRONMENT');
  return lost && new JobbenchError('ENVIRONMENT', `the backend was lost while it was measured: ${lost.message}`);
}

function counted(recorded: Recorded, attempts: number): Pick<TrialOutcome, 'timeline' | 'ledger'> {
  const timeline = mergeLogs(recorded);
  const ahead = new Set(
    recorded.phases.filter((p) => p.jobs?.kind === 'open' && p.jobs.aheadMs !== undefined).map((p) => p.name),
  );
  return { timeline, ledger: ledgerOf(timeline, (phase) => ahead.has(phase), attempts) };
}

function nothingRecorded(failure: JobbenchError, request: TrialRequest, folders: Folders): TrialOutcome {
  const nothing = { windows: [], produced: [], usage: [], strikes: [], calls: [], observations: [], storeBytes: 0 };
  const { seed, layout } = request;
  const recorded = counted(
    { logDir: folders.logDir, epoch: takeEpoch(), seed, phases: layout.phases, ...nothing },
    layout.attempts,
  );
  return {
    failure,
    ...recorded,
    effective: {},
    skewBoundUs: 0,
    clockStepMs: 0,
    cpuMs: 0,
    stealPercent: 0,
    enqueueErrors: [],
  };
}

function finish(processes: Processes, roles: readonly ProcessPlan[]): Promise<FinalReport[]> {
  // Load first would be enough, but closing in parallel is safe: every role closes only what is its own.
  return Promise.all(roles.map((role) => processes.ask(role.name, 'finish', undefined, CALL_MS)));
}

function backendCpuMs(stage: Stage | undefined): number {
  return (stage?.usage ?? []).reduce((sum, one) => sum + one.cpuMs, 0);
}

function bytesIn(dir: string): number {
  return (
    readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('app.sqlite3'))
      // A server that still runs may remove a temporary file of its own at any moment.
      .reduce(
        (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      )
  );
}
