import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ResultFile } from '../core/result.js';
import { footer } from '../report/footer.js';
import { renderTable } from '../report/table.js';
import { resultPath } from '../store/path.js';
import { checkResultPlace } from '../store/resultplace.js';
import { checkOutput } from '../store/write.js';
import { takesBlocks } from './color.js';
import type { Io } from './io.js';
import { measureAndKeep } from './keeping.js';
import { assertMeasurable, showPlan } from './plan.js';
import { createProgress } from './progress.js';
import { modelFor } from './reportmodel.js';
import { writePage } from './reportpage.js';
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
  await checkResultPlace(path);
  if (output.html !== undefined) await checkOutput(resolve(io.cwd, output.html), '--html');
  return measureAndKeep(request, path, progress, io, {
    print: (result, shown) => printResult(result, shown, output, io),
    exitCode: exitCodeOf,
  });
}

/**
 * A table or one JSON document, and a page where one is wanted.
 * @param path where the result is, if it could be written
 */
export async function printResult(
  result: ResultFile,
  path: string | undefined,
  output: Pick<OutputOptions, 'json' | 'quiet' | 'color' | 'html'>,
  io: Io,
): Promise<void> {
  if (output.json) {
    io.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
    if (path !== undefined && !output.quiet) io.stderr.write(`Result: ${path}\n`);
  } else {
    const width = io.stdout.columns;
    io.stdout.write(
      renderTable(result, { color: output.color, blocks: takesBlocks(io), ...(width !== undefined && { width }) }),
    );
    if (path !== undefined) io.stdout.write(`\n${footer(path, result)}`);
  }
  if (output.html === undefined) return;
  const name = path ?? 'result';
  const model = await modelFor([{ label: name, path: name, result }], undefined, io.cwd);
  await writePage(resolve(io.cwd, output.html), model, output.quiet ? 'nothing' : 'where it is', io);
}
