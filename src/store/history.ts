import { dirname, join } from 'node:path';
import { codeOf, JobbenchError } from '../core/errors.js';
import {
  emptyHistory,
  HISTORY_FORMAT,
  HISTORY_VERSION,
  type History,
  type HistoryEntry,
  HistorySchema,
} from '../core/history.js';
import { readText } from './text.js';
import { parseUntrusted } from './untrusted.js';
import { replaceFile } from './write.js';

/** Enough for years of weekly runs; older entries say little of a machine of today. */
export const MOST_ENTRIES = 5000;

/** The history lies beside the results that it explains. @param result a result file */
export function historyPath(result: string): string {
  return join(dirname(result), 'history.json');
}

/**
 * @returns an empty history where there may be no file, and is none
 * @throws JobbenchError USAGE when the file is no history, or of a later version
 */
export async function readHistory(
  path: string,
  presence: 'may be missing' | 'must exist' = 'may be missing',
): Promise<History> {
  const text = await readText(path).catch((error: unknown) => {
    if (presence === 'may be missing' && isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return emptyHistory();
  try {
    const value = parseUntrusted(text);
    assertKnown(value);
    return HistorySchema.parse(value);
  } catch (cause) {
    const why = cause instanceof JobbenchError ? cause.message : 'it is damaged';
    throw new JobbenchError('USAGE', `${path} is not a usable history: ${why}; move it away to begin a new one`, {
      cause,
    });
  }
}

/**
 * Adds the entries of an A/A run: the file is read and replaced whole. Of two runs that end at the same moment, one
 * may be forgotten; a history lives by many.
 * @throws JobbenchError USAGE when it cannot be read or written
 */
export async function appendHistory(path: string, entries: readonly HistoryEntry[]): Promise<History> {
  const before = await readHistory(path);
  const after = { ...before, entries: [...before.entries, ...entries].slice(-MOST_ENTRIES) };
  await replaceFile(path, `${JSON.stringify(HistorySchema.parse(after), null, 1)}\n`);
  return after;
}

function assertKnown(value: unknown): void {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown }; // read, not trusted
  if (format !== HISTORY_FORMAT) throw new JobbenchError('USAGE', 'it is another kind of file');
  if (version !== HISTORY_VERSION) {
    throw new JobbenchError('USAGE', `this jobbench reads version ${HISTORY_VERSION}, and it has another`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof JobbenchError && codeOf(error.cause) === 'ENOENT';
}
