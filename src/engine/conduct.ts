import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Settings } from '../core/adapter.js';
import { type Epoch, type RunMs, runClock, takeEpoch } from '../core/clock.js';
import { JobbenchError } from '../core/errors.js';
import type { ProcessPlan } from '../core/plan.js';
import type { PhaseWindow, Reading } from '../core/timeline.js';
import { CALL_MS } from './deadline.js';
import { footprint } from './footprint.js';
import { watchMemory } from './memory.js';
import type { Recorded } from './merge.js';
import { startNoise } from './noise.js';
import { counted, type TrialOutcome } from './outcome.js';
import { runPhase, skewBound } from './phases.js';
import { place } from './place.js';
import { planFor } from './plans.js';
import { type Processes, startProcesses } from './processes.js';
import type { FinalReport } from './protocol.js';
import { dropCutLogs, producedUntilFailure, salvage, windowsUntilFailure } from './salvage.js';
import { settlement } from './settlement.js';
import { newStage, type Stage, type TrialHooks } from './stage.js';
import type { Folders, TrialRequest } from './trialrequest.js';

/** Runs all phases of a trial on a queue that is there, in processes that it starts and ends. */
export async function conduct(
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
  const memory = watchMemory(clock, () => [...processes.pids.values(), ...(stage?.footprint.pids() ?? [])]);
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
    const connected = roles.find((role) => role.worker) ?? roles.find((role) => role.producer);
    if (connected) await answersOnce(processes, connected.name);
    for (const phase of layout.phases) windows.push(await runPhase(stage, phase));
    // Again and last, because a pool has no threads before it runs.
    if (connected) effective = await processes.ask(connected.name, 'effective', undefined, CALL_MS);
    finals = await finish(processes, roles);
  } catch (error) {
    failure = error instanceof JobbenchError ? error : new JobbenchError('CHILD', String(error), { cause: error });
    finals = await salvage(processes, roles);
  }
  const remembered = memory.end();
  await processes.end();
  if (failure?.code !== 'ABORTED') failure = lostBackend(stage) ?? withRefusal(failure, stage);
  if (failure !== undefined) dropCutLogs(folders.logDir);
  const recorded = recordedBy(stage, {
    request,
    folders,
    epoch,
    roles,
    windows,
    finals,
    failure,
    untilMs: clock(),
    memory: remembered,
  });
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

/** Whoever cannot tell of itself says so before anything is measured, and not after all was. */
async function answersOnce(processes: Processes, role: string): Promise<void> {
  for (const call of ['effective', 'depth', 'queries'] as const) await processes.ask(role, call, undefined, CALL_MS);
}

interface Conducted {
  readonly request: TrialRequest;
  readonly folders: Folders;
  readonly epoch: Epoch;
  readonly roles: readonly ProcessPlan[];
  readonly windows: readonly PhaseWindow[];
  readonly finals: readonly FinalReport[];
  readonly failure: JobbenchError | undefined;
  readonly untilMs: RunMs;
  readonly memory: readonly Reading[];
}

/** What there is to merge; of a trial that failed, as far as it came. */
function recordedBy(stage: Stage | undefined, conducted: Conducted): Recorded {
  const { request, folders, epoch, roles, windows, finals, failure, untilMs, memory } = conducted;
  const producers = roles.filter((role) => role.producer);
  return {
    logDir: folders.logDir,
    epoch,
    seed: request.seed,
    phases: request.layout.phases,
    windows: failure === undefined ? windows : windowsUntilFailure(windows, stage, untilMs),
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
    memory,
  };
}

/** An enqueue refused because the backend is gone says nothing of the backend's promises: there is no number, and no blame. */
function lostBackend(stage: Stage | undefined): JobbenchError | undefined {
  const lost = stage?.errors.find((error) => error.code === 'ENVIRONMENT');
  return lost && new JobbenchError('ENVIRONMENT', `the backend was lost while it was measured: ${lost.message}`);
}

/** What was refused before is often why a trial did not come to its end: a full disk takes no job, and settles none. */
function withRefusal(failure: JobbenchError | undefined, stage: Stage | undefined): JobbenchError | undefined {
  const [first] = stage?.errors ?? [];
  if (failure === undefined || first === undefined) return failure;
  return new JobbenchError(failure.code, `${failure.message}; first refusal: ${first.message}`, { cause: failure });
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
