import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { codeOf } from '../core/errors.js';
import type { ResultFile } from '../core/result.js';
import type { RunRequest } from '../engine/request.js';
import { measure, type TrialSink } from '../engine/run.js';
import { footer } from '../report/footer.js';
import { renderTable } from '../report/table.js';
import { openJournal } from '../store/journal.js';
import { journalPath, resultPath } from '../store/path.js';
import { checkOutput, writeResult } from '../store/write.js';
import { type Io, SIGNAL_EXIT, type StopSignal } from './io.js';
import { assertMeasurable, showPlan } from './plan.js';
import { createProgress, type Progress } from './progress.js';
import { type OutputOptions, readOutput, readRequest } from './request.js';
import { readLayers } from './settings.js';
import { exitCodeOf } from './verdict.js';

/** `jobbench run`: reads what to measure, measures, keeps the file, prints. @returns the exit code */
export async function run(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const layers = await readLayers(command, io);
  const output = readOutput(layers, io);
  const request = await readRequest(layers, argv, io);
  const progress = createProgress(io.stderr, output.quiet ? 'nothing' : output.progress ? 'status' : 'notes');
  if (output.dryRun) return showPlan(request, output.json ? 'json' : 'text', io);
  await assertMeasurable(request, progress);
  const path = resolve(io.cwd, resultPath(output.out, new Date(), request.id));
  await checkOutput(path);
  return measureAndKeep(request, path, output, progress, io);
}

async function measureAndKeep(
  request: RunRequest,
  path: string,
  output: OutputOptions,
  progress: Progress,
  io: Io,
): Promise<number> {
  const { id, seed, command } = request;
  const journal = openJournal(journalPath(path), { id, seed, command, startedAt: new Date().toISOString() });
  let unsaved = 0;
  // A journal of nothing is litter; one with trials that are nowhere else is kept.
  const leave = () => (unsaved === 0 ? journal.discard() : journal.close());
  const stop = stopOnSignal(io, progress, leave);
  const sink: TrialSink = {
    trial(entry) {
      journal.append(entry);
      unsaved++;
    },
  };
  try {
    const result = await measure(request, progress, sink, stop.signal);
    // Kept before it is printed, but a file that cannot be written must not take the numbers with it.
    const unwritten = await writing(path, result);
    if (unwritten === undefined) unsaved = 0;
    progress.clear();
    print(result, unwritten === undefined ? shortest(path, io.cwd) : undefined, output, io);
    if (unwritten !== undefined) throw unwritten;
    return stop.code() ?? exitCodeOf(result);
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

/** @param path where the result is, if it could be written */
function print(result: ResultFile, path: string | undefined, output: OutputOptions, io: Io): void {
  if (output.json) {
    io.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
    if (path !== undefined && !output.quiet) io.stderr.write(`Result: ${path}\n`);
    return;
  }
  const width = io.stdout.columns;
  io.stdout.write(renderTable(result, { color: output.color, ...(width !== undefined && { width }) }));
  if (path !== undefined) io.stdout.write(`\n${footer(path, result)}`);
}

/** The first signal stops the run, which then keeps what it has; the second ends the process, and with it its children. */
function stopOnSignal(io: Io, progress: Progress, leave: () => void) {
  const controller = new AbortController();
  let first: StopSignal | undefined;
  const release = io.onSignal((signal) => {
    if (first !== undefined) {
      leave();
      io.exit(SIGNAL_EXIT[signal]);
    }
    first = signal;
    progress.note('stopping: what was measured will be saved; once more to end at once');
    controller.abort();
  });
  return {
    signal: controller.signal,
    code: () => (first === undefined ? undefined : SIGNAL_EXIT[first]),
    release,
  };
}

/** As a user would type it from here. */
function shortest(path: string, cwd: string): string {
  const way = relative(cwd, path);
  return way.startsWith('..') ? path : way;
}
