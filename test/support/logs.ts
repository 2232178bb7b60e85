import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { columnLog } from '../../src/work/eventlog.js';
import { readLog } from '../../src/work/logs.js';

/** One execution as the handler stamped it, in ms of the trial. */
export interface Execution {
  readonly index: number;
  readonly started: number;
  readonly finished: number;
  readonly flag: number;
}

/** Every execution that the logs of a folder hold, in order of the jobs. */
export function executionsIn(dir: string): Execution[] {
  const rows: Execution[] = [];
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.executed.log'))) {
    readLog(join(dir, file), (index, started, finished, flag) => rows.push({ index, started, finished, flag }));
  }
  return rows.sort((a, b) => a.index - b.index);
}

/** The largest number of executions that overlap; one that ends as another starts does not. */
export function mostAtOnce(rows: readonly Execution[]): number {
  const steps = rows.flatMap((row) => [
    { at: row.started, by: 1 },
    { at: row.finished, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const step of steps.sort((a, b) => a.at - b.at || a.by - b.by)) {
    now += step.by;
    most = Math.max(most, now);
  }
  return most;
}

export type LogRow = readonly [id: number, a: number, b?: number, flag?: number];

/** Writes a log as a process of a trial does. */
export function writeLog(path: string, rows: readonly LogRow[]): void {
  const written = columnLog();
  for (const [id, a, b, flag] of rows) {
    const row = written.append(id, a);
    if (b !== undefined) written.end(row, b, flag ?? 1);
  }
  written.write(path);
}
