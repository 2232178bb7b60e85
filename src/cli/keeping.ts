import { relative } from 'node:path';
import { codeOf } from '../core/errors.js';
import type { ResultFile } from '../core/result.js';
import type { RunRequest } from '../engine/request.js';
import type { SecondLook, TrialSink } from '../engine/rounds.js';
import { measure } from '../engine/run.js';
import { claimOutput } from '../store/claim.js';
import { keepOldJournal, openJournal } from '../store/journal.js';
import { journalPath } from '../store/path.js';
import { writeResult } from '../store/write.js';
import type { Io } from './io.js';
import type { Progress } from './progress.js';
import { withProofs } from './proved.js';
import { stopOnSignal } from './stopping.js';

/** What a command does with a result. */
export interface Use {
  readonly secondLook?: SecondLook;
  /** In place of the engine, for who wants to see what is made of a result. */
  readonly measure?: typeof measure;
  /** @param path where the result is, as a user would type it; undefined when it could not be written */
  print(result: ResultFile, path: string | undefined): void | Promise<void>;
  exitCode(result: ResultFile): number;
}

/**
 * Measures, keeps a journal while it does, writes the file, prints. A signal stops it with what there is.
 * @returns the exit code
 */
export async function measureAndKeep(
  request: RunRequest,
  path: string,
  progress: Progress,
  io: Io,
  use: Use,
): Promise<number> {
  const { id, seed, command } = request;
  using _ = await claimOutput(path);
  const kept = await keepOldJournal(journalPath(path));
  if (kept !== undefined) progress.note(`an earlier run was killed; its trials are kept in ${shortest(kept, io.cwd)}`);
  const journal = openJournal(journalPath(path), { id, seed, command, startedAt: new Date().toISOString() });
  let unsaved = 0;
  // A journal of nothing is litter; one with trials that are nowhere else is kept.
  const leave = () => (unsaved === 0 ? journal.discard() : journal.close());
  const stop = stopOnSignal(io, progress, 'stopping: what was measured will be saved', leave);
  const sink: TrialSink = {
    trial(entry) {
      journal.append(entry);
      unsaved++;
    },
  };
  try {
    const measured = await (use.measure ?? measure)(request, progress, sink, stop.signal, use.secondLook);
    const result = await withProofs(measured, path, io.cwd, progress);
    // Kept before it is printed, but a file that cannot be written must not take the numbers with it.
    const unwritten = await writing(path, result);
    if (unwritten === undefined) unsaved = 0;
    progress.clear();
    await use.print(result, unwritten === undefined ? shortest(path, io.cwd) : undefined);
    if (unwritten !== undefined) throw unwritten;
    return stop.code() ?? use.exitCode(result);
  } catch (error) {
    progress.clear();
    if (unsaved > 0) progress.note(`the trials measured until then are in ${shortest(journal.path, io.cwd)}`);
    const code = stop.code();
    if (code !== undefined && codeOf(error) === 'ABORTED') return code;
    throw error;
  } finally {
    stop.release();
    leave();
  }
}

/** @returns why the file could not be written */
async function writing(path: string, result: ResultFile): Promise<unknown> {
  try {
    await writeResult(path, result);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** As a user would type it from here. */
export function shortest(path: string, cwd: string): string {
  const way = relative(cwd, path);
  return way.startsWith('..') ? path : way;
}
