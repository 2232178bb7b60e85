import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMs } from '../core/clock.js';
import type { ProcessPlan } from '../core/plan.js';
import type { PhaseWindow } from '../core/timeline.js';
import { LOGS, readLog } from '../work/logs.js';
import type { Processes } from './processes.js';
import type { FinalReport, ProducedRange } from './protocol.js';
import type { Stage } from './stage.js';

/*
 * What can still be known of a trial that failed: a reader wants to see how many jobs were accepted and completed until
 * then.
 */

/** Whatever the roles can still tell within a short time, nothing where a process is gone. */
export function salvage(processes: Processes, roles: readonly ProcessPlan[]): Promise<FinalReport[]> {
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

/** The windows of all phases that were begun; the last is the one that failed, up to now. */
export function windowsUntilFailure(windows: readonly PhaseWindow[], stage: Stage | undefined, now: RunMs) {
  const { begun } = stage ?? {};
  if (begun === undefined || windows.some(({ name }) => name === begun.name)) return windows;
  return [...windows, { ...begun, producedMs: now, endMs: now }];
}

/** What a producer made: as it told for the phases it finished, by its event log for the one it did not. */
export function producedUntilFailure(role: ProcessPlan, stage: Stage | undefined, logDir: string): ProducedRange[] {
  const { ordinal, producers } = role.producer ?? { ordinal: 0, producers: 1 };
  const ranges = [...(stage?.produced.get(role.name) ?? [])];
  const from = ranges.at(-1)?.to ?? 0;
  const log = join(logDir, `${role.name}${LOGS.produced}`);
  let to = from;
  if (existsSync(log)) readLog(log, (index) => (to = Math.max(to, (index - ordinal) / producers + 1)));
  if (to > from && stage?.begun !== undefined) ranges.push({ phase: stage.begun.name, from, to });
  return ranges;
}

/** Removes logs that a process was writing when it was killed: what is in them cannot be told from what is not. */
export function dropCutLogs(logDir: string): void {
  for (const name of readdirSync(logDir).filter((file) => file.endsWith('.log'))) {
    const path = join(logDir, name);
    try {
      readLog(path, () => undefined);
    } catch {
      rmSync(path, { force: true });
    }
  }
}
