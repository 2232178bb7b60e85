import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Outcome } from '../core/job.js';
import { LOGS, readLog } from '../work/logs.js';
import type { Run, Told } from './history.js';

/** What the logs of all processes say of one job. */
export interface Seen {
  readonly runs: Run[];
  readonly told: Told[];
}

/** A log that is just being opened has not even its beginning. */
const HEADER_BYTES = 8;

const OUTCOME: readonly (Outcome | undefined)[] = [undefined, 'completed', 'failed', 'retrying'];

/**
 * Reads the logs of executions and outcomes, as far as they are written: those that survive kill -9 can be read at any time.
 * @param who whose hands a job is in: those of the role, or of the host in a process of its own, as `case.process1`
 */
export function readSeen(dir: string, who: 'role' | 'whole name' = 'role'): Map<number, Seen> {
  const seen = new Map<number, Seen>();
  const of = (index: number) => {
    const held = seen.get(index) ?? { runs: [], told: [] };
    seen.set(index, held);
    return held;
  };
  for (const [path, process] of logs(dir, LOGS.executed, who)) {
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
function logs(dir: string, suffix: string, who: 'role' | 'whole name' = 'role'): [path: string, process: string][] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(suffix) && statSync(join(dir, name)).size >= HEADER_BYTES)
    .sort()
    .map((name) => [join(dir, name), who === 'role' ? (name.split('.')[0] ?? '') : basename(name, suffix)]);
}
