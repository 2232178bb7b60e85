import type { RunMs } from '../core/clock.js';
import type { Phase } from '../core/layout.js';
import type { PhaseWindow } from '../core/timeline.js';
import { CALL_MS, within } from './deadline.js';
import { strike } from './faults.js';
import type { Processes } from './processes.js';
import type { PhaseReport } from './protocol.js';
import type { Stage } from './stage.js';
import { switchWork } from './switchwork.js';

/** Everybody gets so long to hear of a phase before it begins. */
const HEADS_UP_MS = 50;
const PINGS = 20;
/** Second deliveries that a backend drops never settle, so the end of such a phase is always found by asking. */
const ABSORBED_QUIET_MS = 250;

/** Runs one phase in all roles. @throws JobbenchError TIMEOUT, CHILD or ABORTED */
export async function runPhase(stage: Stage, phase: Phase): Promise<PhaseWindow> {
  const { processes, roles, clock, signal, timeoutMs } = stage;
  const workers = roles.filter((role) => role.worker);
  const ask = <T>(wait: Promise<T>, ms: number, what: string) =>
    within(wait, ms, `${what} in phase "${phase.name}"`, signal);
  if (stage.working !== phase.workers) {
    const switched = workers.map((role) => switchWork(processes, role.name, phase.workers, timeoutMs));
    await ask(Promise.all(switched), timeoutMs + CALL_MS, `workers to be ${phase.workers}`);
    stage.working = phase.workers;
  }
  const lasting = Math.max(lengthOf(phase.jobs), phase.web?.durationMs ?? 0, phase.restMs ?? 0);
  const limitMs = lasting + timeoutMs;
  const queriesBefore = phase.restMs === undefined ? undefined : await queries(stage, timeoutMs);
  stage.footprint.begin();
  const startMs = (clock() + HEADS_UP_MS) as RunMs;
  stage.begun = { name: phase.name, startMs };
  stage.hooks.phase?.(phase.name, startMs, stage.epoch);
  const { name, jobs, job, web } = phase;
  const harm = strike(stage, phase, startMs);
  harm.catch(() => undefined); // awaited below, unless the producers fail first
  const order = { name, startMs, ...(jobs && { jobs }), ...(job && { job }), ...(web && { web }) };
  const reports = await ask(
    Promise.all(roles.map((role) => processes.ask(role.name, 'phase', order, limitMs))),
    limitMs,
    'producers and load generator',
  );
  if (jobs === undefined && web === undefined && phase.until === 'produced') {
    await ask(Promise.race([rest(startMs + lasting, clock), processes.failure]), limitMs, 'the rest to be over');
  }
  const producedMs = (jobs && jobs.kind !== 'count') || web || phase.restMs ? startMs + lasting : clock();
  noteReports(stage, phase.name, reports);
  stage.strikes.push(...(await ask(harm, limitMs, 'what was struck to be mended')));
  if (phase.until === 'settled') await settle(stage, limitMs, phase);
  const endMs = clock();
  const backend = stage.footprint.end(name, endMs - startMs);
  if (backend) stage.usage.push(backend);
  await ask(Promise.all(roles.map((role) => processes.ask(role.name, 'over', name, CALL_MS))), CALL_MS, 'readings');
  const queriesAfter = queriesBefore === undefined ? undefined : await queries(stage, timeoutMs);
  const asked = queriesAfter === undefined || queriesBefore === undefined ? undefined : queriesAfter - queriesBefore;
  return { name, startMs, producedMs, endMs, ...(asked !== undefined && { queries: asked }) };
}

/** What the backend was asked until now, by everybody, where that is counted. */
async function queries({ processes, roles, signal }: Stage, timeoutMs: number): Promise<number | undefined> {
  let count: number | undefined;
  for (const { name } of roles.filter((role) => role.worker)) {
    const answer = processes.ask(name, 'queries', undefined, timeoutMs);
    const asked = await within(answer, timeoutMs, 'the backend to tell what it was asked', signal);
    if (asked === undefined || asked.by === 'everybody') return asked?.count;
    count = (count ?? 0) + asked.count;
  }
  return count;
}

function noteReports(stage: Stage, phase: string, reports: readonly PhaseReport[]): void {
  for (const [at, report] of reports.entries()) {
    if (report.calls) stage.calls.push(report.calls);
    stage.accepted += report.accepted || 0;
    for (const error of report.errors) if (stage.errors.length < 5) stage.errors.push(error);
    const name = stage.roles[at]?.name ?? ''; // a report for each role, in their order
    const ranges = stage.produced.get(name) ?? [];
    const from = ranges.at(-1)?.to ?? 0;
    if (report.planned > 0) stage.produced.set(name, [...ranges, { phase, from, to: from + report.planned }]);
  }
}

async function settle(stage: Stage, limitMs: number, { name, job }: Phase): Promise<void> {
  const worker = stage.roles.find((role) => role.worker);
  const depth = async () => (worker ? stage.processes.ask(worker.name, 'depth', undefined, CALL_MS) : undefined);
  const quietMs = job?.deliveries && ABSORBED_QUIET_MS;
  const wait = stage.settled.reached(stage.accepted - stage.lost, limitMs, depth, quietMs);
  const racing = Promise.race([wait, stage.processes.failure]);
  const end = await within(racing, limitMs + CALL_MS, `jobs of phase "${name}" to settle`, stage.signal);
  if (end === 'lost') stage.lost = stage.accepted - stage.settled.total;
}

function lengthOf(load: Phase['jobs']): number {
  if (load === undefined) return 0;
  return load.kind === 'count' ? load.maxMs : load.durationMs;
}

function rest(untilMs: number, clock: () => RunMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, untilMs - clock())));
}

/** Half the shortest round trip bounds how far a child's reading of the clock can be from ours. */
export async function skewBound(processes: Processes, clock: () => RunMs): Promise<number> {
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
