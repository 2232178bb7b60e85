import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../core/job.js';
import { durableLog, isDurable, readDurable } from './durablelog.js';
import { type ColumnLog, columnLog, readColumns } from './eventlog.js';

/** Suffixes of log files: what a row of each means. */
export const LOGS = {
  /** id = job index, a = called, b = accepted, flag = 1 accepted */
  produced: '.produced.log',
  /** id = job index, a = started, b = finished, flag = 1 ended without throwing, 2 threw, 4 ended without an effect */
  executed: '.executed.log',
  /** id = job index, a = settled, flag = one of `OUTCOMES`; b unused */
  settled: '.settled.log',
  /** id = ordinal, a = sent, b = finished, flag = 1 answered with 200, 2 with anything else or not at all */
  requested: '.requested.log',
  /** A line of JSON for each execution: what the job carried. Only where the host spec asks for it. */
  payloads: '.payloads.log',
} as const;

/** Flags of rows in the settled log. An adapter from outside may say a word that is none of these: such a row has flag 0. */
export const OUTCOMES: Readonly<Record<Outcome, number>> = { completed: 1, failed: 2, retrying: 3 };

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
