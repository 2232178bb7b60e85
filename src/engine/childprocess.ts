import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { overheard } from '../core/overheard.js';
import type { ProcessPlan } from '../core/plan.js';
import { redact } from '../core/secrets.js';
import { within } from './deadline.js';

const EXIT_MS = 3_000;
const STDERR_KEPT = 4_000;
const DEBUG = process.env.JOBBENCH_DEBUG === '1';

/** One process of a trial. */
export interface Child {
  readonly process: ChildProcess;
  /** The last line on its stderr that tells of an error, as the end of a sentence; empty when there is none. */
  lastWords(): string;
}

/** Starts a process that carries out a plan. */
export function startChild(plan: ProcessPlan, dir: string): Child {
  const file = join(dir, `${plan.name}.plan.json`);
  writeFileSync(file, JSON.stringify(plan), { mode: 0o600 });
  // Its own process group, so that Ctrl-C on a terminal reaches only the coordinator, which ends it in order.
  const child = fork(new URL('./child.js', import.meta.url), [file], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', DEBUG ? 'pipe' : 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
  });
  for (const input of DEBUG ? [child.stdout, child.stderr] : [])
    if (input) createInterface({ input }).on('line', (line) => overheard(`${line}\n`));
  return { process: child, lastWords: () => lastLine(stderr) };
}

/** Kills a process and whatever it started, and waits until it is gone. @throws JobbenchError TIMEOUT */
export async function killChild(child: Child, name: string): Promise<void> {
  const gone = exited(child.process);
  killGroup(child.process);
  await within(gone, EXIT_MS, `${name} to be gone after SIGKILL`);
}

/** Lets a process end by itself, or kills it where it does not in time; then whatever it started. */
export async function endChild({ process: child }: Child): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const gone = exited(child);
    if (child.connected) child.disconnect();
    try {
      await within(gone, EXIT_MS, 'a process to exit');
    } catch {
      child.kill('SIGKILL'); // it had its time; what it measured is reported as incomplete
      await gone;
    }
  }
  killGroup(child);
}

function exited(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** What a child started may outlive it, busy with a job that does not end: it is in the child's process group. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it, as it should be.
  }
}

function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /error|fatal|killed/i.test(line));
  const line = lines.at(-1)?.trim();
  return line ? `: ${redact(line.slice(0, 300))}` : '';
}
