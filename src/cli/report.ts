import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { JobbenchError } from '../core/errors.js';
import { reportModel, type SourceFile } from '../report/html/model.js';
import { page } from '../report/html/page.js';
import { readResult } from '../store/read.js';
import { checkOutput, replaceFile } from '../store/write.js';
import { fileOf } from './comparerequest.js';
import type { Io } from './io.js';
import { shortest } from './keeping.js';
import { readAssets } from './reportassets.js';

/** `jobbench report`: result files as a page. @returns the exit code */
export async function report(files: readonly string[], command: Command, io: Io): Promise<number> {
  const html: unknown = command.getOptionValue('html');
  if (typeof html !== 'string' || html === '') {
    throw new JobbenchError('USAGE', 'report needs to know where to write: --html report.html');
  }
  const path = resolve(io.cwd, html);
  await checkOutput(path);
  const sources: SourceFile[] = [];
  for (const { label, path: from } of files.map(fileOf)) {
    sources.push({ label, name: basename(from), result: await readResult(resolve(io.cwd, from)) });
  }
  await replaceFile(path, page(reportModel(sources), await readAssets()));
  io.stderr.write(`Report: ${shortest(path, io.cwd)}\n`);
  return 0;
}
