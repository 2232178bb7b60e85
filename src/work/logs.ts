import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { durableLog, isDurable, readDurable } from './durablelog.js';
import { type ColumnLog, columnLog, readColumns } from './eventlog.js';

/** `memory`: kept there, and written at the end. `durable`: written as it happens, to survive kill -9. */
export type LogMode = 'memory' | 'durable';

/** @param path where `write` will be asked to put it */
export function openLog(mode: LogMode, path: string): ColumnLog {
  return mode === 'durable' ? durableLog(path) : columnLog();
}

/** Calls `row` for each row of a log of either kind. @throws Error when it is cut short or damaged */
export function readLog(path: string, row: (id: number, a: number, b: number, flag: number) => void): void {
  const content = readFileSync(path);
  try {
    if (isDurable(content)) readDurable(content, row);
    else readColumns(content, row);
  } catch (cause) {
    throw new Error(`event log ${path} ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Paths of the logs of one kind, by name. */
export function listLogs(dir: string, suffix: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(dir, name));
}
