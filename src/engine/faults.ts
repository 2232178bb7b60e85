import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunMs } from '../core/clock.js';
import type { Fault, Phase } from '../core/layout.js';
import type { ProcessPlan } from '../core/plan.js';
import { seeded, seedFor } from '../core/random.js';
import type { Strike } from '../core/timeline.js';
import { LOGS, listLogs, OUTCOMES, readLog } from '../work/logs.js';
import { CALL_MS } from './deadline.js';
import type { Stage } from './stage.js';
import { switchWork } from './switchwork.js';

/** Does the harm of a phase at its moments, and mends it. Resolves when all is mended. */
export async function strike(stage: Stage, phase: Phase, startMs: RunMs): Promise<Strike[]> {
  return Promise.all((phase.faults ?? []).map((fault) => one(stage, fault, phase, startMs)));
}

async function one(stage: Stage, fault: Fault, phase: Phase, startMs: RunMs): Promise<Strike> {
  const { clock, signal } = stage;
  const target = targetOf(stage.roles, fault);
  await sleep(Math.max(0, startMs + momentOf(fault, target.seed) - clock()), undefined, { signal });
  const atMs = clock();
  await ACTS[fault.kind](stage, target, fault.forMs, phase);
  return { kind: fault.kind, process: target.name, phase: phase.name, atMs, backMs: clock() };
}

/** From the start of the phase. The same seed strikes at the same moment. */
export function momentOf({ kind, role, ordinal, atMs, withinMs = 0 }: Fault, seed: number): number {
  return atMs + withinMs * seeded(seedFor(seed, 'fault', kind, role, ordinal, atMs))();
}

type Act = (stage: Stage, target: ProcessPlan, forMs: number, phase: Phase) => Promise<void>;

const ACTS: Readonly<Record<Fault['kind'], Act>> = {
  async kill({ processes, settled, signal, timeoutMs }, { name, worker, logDir }, forMs, phase) {
    await processes.kill(name);
    settled.restarted(name, settledIn(logDir, name));
    await sleep(forMs, undefined, { signal });
    await processes.revive(name);
    if (worker && phase.workers === 'on') await switchWork(processes, name, 'on', timeoutMs);
  },
  async freeze({ processes, signal }, { name }, forMs) {
    const pid = processes.pids.get(name) ?? 0;
    process.kill(-pid, 'SIGSTOP');
    try {
      await sleep(forMs, undefined, { signal });
    } finally {
      process.kill(-pid, 'SIGCONT');
    }
  },
  async stop({ processes, signal, timeoutMs }, { name }, forMs, phase) {
    await switchWork(processes, name, 'off', timeoutMs);
    await sleep(forMs, undefined, { signal });
    if (phase.workers === 'on') await switchWork(processes, name, 'on', CALL_MS);
  },
};

/** Jobs that a role has settled for good in all its lives, by the logs that survived it. */
function settledIn(logDir: string, role: string): number {
  let jobs = 0;
  for (const path of listLogs(logDir, LOGS.settled)) {
    const [name = ''] = basename(path).split(/[~.]/);
    if (name !== role) continue;
    readLog(path, (_index, _at, _end, outcome) => {
      if (outcome !== OUTCOMES.retrying) jobs++;
    });
  }
  return jobs;
}

/** @throws RangeError when the layout has no such role in a process of its own */
function targetOf(roles: readonly ProcessPlan[], { role, ordinal }: Fault): ProcessPlan {
  const target = roles.filter((plan) => plan[role] !== undefined)[ordinal];
  if (target === undefined) throw new RangeError(`there is no ${role} ${ordinal} to strike`);
  return target;
}
