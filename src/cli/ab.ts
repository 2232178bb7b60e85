import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Arms, compareArms, isDisturbed } from '../compare/arms.js';
import { codeOf, learnedFrom, machineOf } from '../compare/history.js';
import { adapterOf } from '../compare/join.js';
import { needsSecondLook } from '../compare/judge.js';
import type { RowOptions } from '../compare/rows.js';
import type { Look } from '../compare/rule.js';
import type { Comparison, Samples } from '../core/comparison.js';
import { JobbenchError } from '../core/errors.js';
import type { Cell, ResultFile } from '../core/result.js';
import { whyUnavailable } from '../engine/availability.js';
import type { RunRequest } from '../engine/request.js';
import { planRun } from '../engine/run.js';
import { appendHistory, historyPath } from '../store/history.js';
import { resultPath } from '../store/path.js';
import { checkResultPlace } from '../store/resultplace.js';
import { type AbRequest, readAbRequest } from './abrequest.js';
import { printComparison } from './comparisonoutput.js';
import { checkExports, writeExports } from './exports.js';
import { exitCodeOfComparison } from './gate.js';
import { assertRows } from './incomparable.js';
import type { Io } from './io.js';
import { measureAndKeep, type Use } from './keeping.js';
import { assertMeasurable, showPlan } from './plan.js';
import { createProgress } from './progress.js';
import { exitCodeOf } from './verdict.js';

/** `jobbench ab`: two arms in turn on this machine, and a verdict. @returns the exit code */
export async function ab(
  command: Command,
  argv: readonly string[],
  io: Io,
  measuring: Use['measure'] = undefined,
): Promise<number> {
  const request = await readAbRequest(command, argv, io);
  const { run, output, kind } = request;
  const progress = createProgress(io.stderr, output.quiet ? 'nothing' : output.progress ? 'status' : 'notes');
  if (output.dryRun) {
    await assertPaired(run);
    return showPlan(run, request.format === 'json' ? 'json' : 'text', io, kind === 'ab' ? 2 * run.trials : undefined);
  }
  await assertBoth(run);
  await assertPaired(run);
  await assertMeasurable(run, progress);
  const path = resolve(io.cwd, resultPath(output.out, new Date(), run.id));
  await checkResultPlace(path);
  await checkExports(request.exports);
  const blocks = { first: run.trials, second: 2 * run.trials };
  let concluded: Comparison | undefined;
  return measureAndKeep(run, path, progress, io, {
    ...(measuring && { measure: measuring }),
    secondLook: {
      trials: blocks.second,
      wanted: (cells) => kind === 'ab' && needsSecondLook(compareCells(cells, request, 1).rows),
    },
    async print(result, shown) {
      if (result.run.status === 'aborted') return void io.stderr.write(abortedText(shown));
      const measured = Math.max(0, ...result.cells.map(({ trials }) => trials.length));
      const comparison = compareCells(result.cells, request, measured > blocks.first ? 2 : 1, result);
      concluded = { ...comparison, notes: [...comparison.notes, ...warningsOf(result)] };
      // Before anything is printed: a verdict that is taken back by the exit code would stand in every file.
      if (exitCodeOf(result) === 0 && !isDisturbed(concluded)) assertRows(concluded, request.metrics ?? []);
      await printComparison(concluded, { format: request.format, color: output.color }, io);
      if (shown !== undefined) io.stderr.write(`Result: ${shown}\n`);
      for (const written of await writeExports(concluded, request.exports)) io.stderr.write(`Export: ${written}\n`);
      if (kind === 'aa') io.stderr.write(await learn(path, result, concluded));
    },
    exitCode: (result) => exitOf(result, concluded, request),
  });
}

/** Both arms must be able to run here: one alone is no comparison. */
async function assertBoth(request: RunRequest): Promise<void> {
  for (const contestant of request.contestants) {
    const why = await whyUnavailable(contestant, request);
    if (why === undefined) continue;
    throw new JobbenchError('ENVIRONMENT', `${contestant.label} cannot run here: ${why.reason}; ${why.remedy}`);
  }
}

/** What only one arm can be asked compares nothing. @throws JobbenchError USAGE before anything is measured */
async function assertPaired(run: RunRequest): Promise<void> {
  const { cells } = await planRun(run);
  const skipped = cells.find(({ status }) => status === 'skipped');
  if (skipped) throw new JobbenchError('USAGE', `both arms must be able to answer: ${skipped.reason ?? skipped.id}`);
  const single = cells.find(({ question }) => cells.filter((other) => other.question === question).length < 2);
  if (single === undefined) return;
  throw new JobbenchError(
    'USAGE',
    `only one arm has "${single.id}": choose params that both have, as by -P placement=process`,
  );
}

/** While the run goes on there are cells, but no file yet. */
function compareCells(
  cells: readonly Cell[],
  { run, ...request }: AbRequest,
  look: Look,
  whole?: ResultFile,
): Comparison {
  const file = { ...(whole ?? { run: { id: run.id, startedAt: '' } }), cells } as ResultFile; // all that is read of it
  return compareArms(file, armsOf(run), rowOptions(request), look);
}

function armsOf({ contestants }: RunRequest): Arms {
  const [base, head] = contestants;
  if (base === undefined || head === undefined) throw new Error('ab has two contestants');
  return { base: base.label, head: head.label };
}

function rowOptions({ metrics, threshold }: Pick<AbRequest, 'metrics' | 'threshold'>): RowOptions {
  return { ...(metrics && { metrics }), ...(threshold !== undefined && { threshold }), floorOf: () => undefined };
}

function exitOf(result: ResultFile, comparison: Comparison | undefined, { kind }: AbRequest): number {
  const ofRun = exitCodeOf(result);
  if (ofRun !== 0 || comparison === undefined) return ofRun;
  if (isDisturbed(comparison)) return 4;
  if (kind === 'aa') return 0;
  return exitCodeOfComparison(comparison, 'inconclusive');
}

/** Everything that was said of the run: a noisy machine matters most where something is concluded. */
function warningsOf({ warnings = [], cells }: ResultFile): string[] {
  const ofCells = cells.flatMap((cell) => cell.warnings.filter(({ code }) => code !== 'colocated'));
  return [...new Set([...warnings, ...ofCells].map(({ message }) => message))].slice(0, MOST_WARNINGS);
}

const MOST_WARNINGS = 4;

/** @returns what was learned, in a sentence */
async function learn(path: string, result: ResultFile, { rows, verdict }: Comparison): Promise<string> {
  const facts = { run: result.run.id, at: result.run.startedAt, machine: machineOf(result.host) };
  const samples = rows.map((row) => row.samples);
  const entries = learnedFrom(samples, facts, (row) => ofRow(row, result));
  const place = historyPath(path);
  if (entries.length === 0)
    throw new JobbenchError(
      'USAGE',
      'nothing was learned: no metric has a number above 0 on both sides; measure longer',
    );
  const { entries: all } = await appendHistory(place, entries);
  const runs = new Set(all.filter(({ machine }) => machine === facts.machine).map(({ run }) => run)).size;
  const alarm = verdict === 'regression' || verdict === 'small' || verdict === 'improvement' ? '; a FALSE ALARM' : '';
  return `Learned: ${entries.length} metrics in ${place}, ${runs} A/A ${runs === 1 ? 'run' : 'runs'} of this machine${alarm}\n`;
}

function ofRow(row: Samples, result: ResultFile): { scenario: string; adapter: string; code: string } {
  const cell = result.cells.find(({ id }) => id.startsWith(`${row.cell} `)) ?? result.cells[0];
  if (cell === undefined) throw new Error('a row comes from a cell');
  return { scenario: cell.scenario.name, adapter: adapterOf(cell), code: codeOf(result, cell) };
}

function abortedText(shown: string | undefined): string {
  const kept = shown === undefined ? '' : `; what was measured is in ${shown}`;
  return `stopped: nothing is concluded from a part of the blocks${kept}\n`;
}
