import { resolve } from 'node:path';
import type { Command } from 'commander';
import { JobbenchError } from '../core/errors.js';
import { renderCsv } from '../report/csv.js';
import { page } from '../report/html/page.js';
import { renderReportMarkdown } from '../report/markdown.js';
import { readResult } from '../store/read.js';
import { checkOutput, replaceFile } from '../store/write.js';
import { fileOf } from './comparerequest.js';
import type { Io } from './io.js';
import { shortest } from './keeping.js';
import { readAssets } from './reportassets.js';
import { modelFor, type ReportFile } from './reportmodel.js';

interface Wanted {
  /** Where the page goes. */
  readonly html: string | undefined;
  readonly print: 'markdown' | 'csv' | 'nothing';
  readonly by: string | undefined;
}

/** `jobbench report`: result files as a page, as Markdown, or as a table for spreadsheets. @returns the exit code */
export async function report(files: readonly string[], command: Command, io: Io): Promise<number> {
  const { html, print, by } = wantedBy(command);
  const path = html === undefined ? undefined : resolve(io.cwd, html);
  if (path !== undefined) await checkOutput(path);
  const sources: ReportFile[] = [];
  for (const { label, path: from } of files.map(fileOf)) {
    if (resolve(io.cwd, from) === path) throw new JobbenchError('USAGE', `--html ${html} would replace a result file`);
    sources.push({ label, path: from, result: await readResult(resolve(io.cwd, from)) });
  }
  const model = await modelFor(sources, by, io.cwd);
  if (path !== undefined) await writePage(path, model, io);
  if (print === 'markdown') io.stdout.write(renderReportMarkdown(model));
  if (print === 'csv') io.stdout.write(renderCsv(model.files));
  return 0;
}

/** Writes a page, and says where it is. @throws JobbenchError USAGE when it cannot be written */
export async function writePage(path: string, model: Awaited<ReturnType<typeof modelFor>>, io: Io): Promise<void> {
  await replaceFile(path, page(model, await readAssets()));
  io.stderr.write(`Report: ${shortest(path, io.cwd)}\n`);
}

function wantedBy(command: Command): Wanted {
  const text = (name: string) => {
    const value: unknown = command.getOptionValue(name);
    return typeof value === 'string' ? value : undefined;
  };
  const [markdown, csv] = [command.getOptionValue('markdown') === true, command.getOptionValue('csv') === true];
  const html = text('html');
  if (html === undefined && !markdown && !csv) {
    throw new JobbenchError('USAGE', 'report needs to know what to make: --html report.html, --markdown or --csv');
  }
  return { html, print: markdown ? 'markdown' : csv ? 'csv' : 'nothing', by: text('by') };
}
