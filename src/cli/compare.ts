import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Compared, compareAdapters, compareFiles } from '../compare/comparison.js';
import { floorsOf, machineOf } from '../compare/history.js';
import { type Named, sameRun } from '../compare/join.js';
import type { RowOptions } from '../compare/rows.js';
import type { Comparison } from '../core/comparison.js';
import { JobbenchError } from '../core/errors.js';
import { safe } from '../report/comparison/safe.js';
import { historyPath, readHistory } from '../store/history.js';
import { readResult } from '../store/read.js';
import { type CompareRequest, type FileArgument, readCompareRequest } from './comparerequest.js';
import { printComparison } from './comparisonoutput.js';
import { checkExports, writeExports } from './exports.js';
import { exitCodeOfComparison } from './gate.js';
import { assertMetrics, assertRows, refusalText } from './incomparable.js';
import type { Io } from './io.js';

/** `jobbench compare`: two result files, or the adapters inside one. @returns the exit code */
export async function compare(files: readonly (string | undefined)[], command: Command, io: Io): Promise<number> {
  const request = readCompareRequest(files, command, io);
  try {
    const comparison = await comparisonOf(request, io);
    await checkExports(request.exports);
    await printComparison(comparison, request, io);
    for (const path of await writeExports(comparison, request.exports)) io.stderr.write(`Export: ${path}\n`);
    return exitCodeOfComparison(comparison, request.failOn);
  } catch (error) {
    throw harmless(error);
  }
}

async function comparisonOf(request: CompareRequest, io: Io): Promise<Comparison> {
  const base = await readNamed(request.base, io);
  const head = request.head === undefined ? undefined : await readNamed(request.head, io);
  const { metrics, threshold, baseAdapter } = request;
  assertMetrics(metrics ?? [], head === undefined ? [base] : [base, head]);
  const rows = { ...(metrics && { metrics }), ...(threshold !== undefined && { threshold }) };
  if (head === undefined) {
    // Trials of one run: no history is asked.
    return checked(compareAdapters(base, baseAdapter, { ...rows, floorOf: () => undefined }), request);
  }
  if (sameTrials(base, head)) {
    const message = `${base.label} and ${head.label} hold the same trials: give two runs, or one file with --by adapter`;
    throw new JobbenchError('USAGE', message);
  }
  const history = await historyFor(base, head, request, io.cwd);
  const comparison = checked(compareFiles(base, head, { ...rows, floorOf: history.floorOf }), request);
  const apart = comparison.rows.some(({ samples }) => samples.pairing === 'apart');
  return apart ? { ...comparison, notes: [...comparison.notes, history.note] } : comparison;
}

async function readNamed({ label, path }: FileArgument, io: Io): Promise<Named> {
  return { label, source: path, file: await readResult(resolve(io.cwd, path)) };
}

function checked({ comparison, refusals }: Compared, { metrics }: CompareRequest): Comparison {
  if (refusals.length > 0) throw new JobbenchError('USAGE', refusalText(comparison, refusals));
  assertRows(comparison, metrics ?? []);
  return comparison;
}

/** A run beside itself passes every gate; a script that mixes up two names must not be green for ever. */
export function sameTrials(base: Named, head: Named): boolean {
  const [ours, theirs] = [base, head].map(({ file }) =>
    JSON.stringify(file.cells.map(({ id, trials }) => [id, trials])),
  );
  return sameRun(base.file, head.file) && ours === theirs;
}

interface KnownNoise {
  readonly floorOf: RowOptions['floorOf'];
  readonly note: string;
}

/** How far runs of identical code fall apart, where both files come from one kind of machine and its history says. */
export async function historyFor(
  base: Named,
  head: Named,
  request: Pick<CompareRequest, 'history'>,
  cwd: string,
): Promise<KnownNoise> {
  const machine = machineOf(head.file.host);
  const path = request.history ?? historyPath(head.source);
  const history = await readHistory(
    resolve(cwd, path),
    request.history === undefined ? 'may be missing' : 'must exist',
  );
  if (machineOf(base.file.host) !== machine) {
    const note = 'base and head come from different machines: no history of noise is about both';
    return { floorOf: () => undefined, note };
  }
  const runs = new Set(history.entries.filter((entry) => entry.machine === machine).map(({ run }) => run)).size;
  return {
    floorOf: floorsOf(history, machine),
    note: `noise between runs: ${runs} A/A ${runs === 1 ? 'run' : 'runs'} of this machine in ${path} (a metric needs 5 of one cell)`,
  };
}

/** Sentences name cells and paths, and a file may call its cells whatever it likes. */
function harmless(error: unknown): unknown {
  if (!(error instanceof JobbenchError)) return error;
  return new JobbenchError(error.code, safe(error.message, 1000), { cause: error });
}
