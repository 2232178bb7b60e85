import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Outcome } from '../core/job.js';
import { LOGS } from '../work/handler.js';
import { readLog } from '../work/logs.js';
import type { Run, Told } from './history.js';

/** What the logs of all processes say of one job. */
export interface Seen {
  readonly runs: Run[];
  readonly told: Told[];
}

const OUTCOME: readonly (Outcome | undefined)[] = [undefined, 'completed', 'failed', 'retrying'];

/** Reads the logs of executions and outcomes, as far as they are written: those that survive kill -9 can be read at any time. */
export function readSeen(dir: string): Map<number, Seen> {
  const seen = new Map<number, Seen>();
  const of = (index: number) => {
    const held = seen.get(index) ?? { runs: [], told: [] };
    seen.set(index, held);
    return held;
  };
  for (const [path, process] of logs(dir, LOGS.executed)) {
    readLog(path, (index, started, finished, flag) => {
      const ended = flag === 1 ? 'completed' : flag === 2 ? 'threw' : 'never';
      of(index).runs.push({ process, started, finished, ended });
    });
  }
  for (const [path, process] of logs(dir, LOGS.settled)) {
    readLog(path, (index, atMs, _, flag) => {
      const outcome = OUTCOME[flag];
      if (outcome !== undefined) of(index).told.push({ process, atMs, outcome });
    });
  }
  return seen;
}

/** Jobs that a producer process made: when each was accepted, undefined where it was not or nobody lived to see it. */
export function readMade(dir: string): Map<number, number | undefined> {
  const made = new Map<number, number | undefined>();
  for (const [path] of logs(dir, LOGS.produced)) {
    readLog(path, (index, _, accepted, flag) => made.set(index, flag === 1 ? accepted : undefined));
  }
  return made;
}

/** Path, and the process whose log it is. */
function logs(dir: string, suffix: string): [path: string, process: string][] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => [join(dir, name), basename(name).split('.')[0] ?? '']);
}
