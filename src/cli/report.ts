import { resolve } from 'node:path';
import type { Command } from 'commander';
import { JobbenchError } from '../core/errors.js';
import { renderCsv } from '../report/csv.js';
import { renderReportMarkdown } from '../report/markdown.js';
import { readResult } from '../store/read.js';
import { checkOutput } from '../store/write.js';
import { fileOf } from './comparerequest.js';
import type { Io } from './io.js';
import { modelFor, type ReportFile } from './reportmodel.js';
import { writePage } from './reportpage.js';
import { htmlFile } from './request.js';

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
  if (path !== undefined) await checkOutput(path, '--html');
  const sources: ReportFile[] = [];
  for (const { label, path: from } of files.map(fileOf)) {
    sources.push({ label, path: from, result: await readResult(resolve(io.cwd, from)) });
  }
  const model = await modelFor(sources, by, io.cwd);
  if (path !== undefined) await writePage(path, model, 'where it is', io);
  if (print === 'markdown') io.stdout.write(renderReportMarkdown(model));
  if (print === 'csv') io.stdout.write(renderCsv(model.files));
  return 0;
}

function wantedBy(command: Command): Wanted {
  const text = (name: string) => {
    const value: unknown = command.getOptionValue(name);
    return typeof value === 'string' ? value : undefined;
  };
  const [markdown, csv] = [command.getOptionValue('markdown') === true, command.getOptionValue('csv') === true];
  const given = text('html');
  const html = given === undefined ? undefined : htmlFile(given, '--html');
  if (html === undefined && !markdown && !csv) {
    throw new JobbenchError('USAGE', 'report needs to know what to make: --html report.html, --markdown or --csv');
  }
  return { html, print: markdown ? 'markdown' : csv ? 'csv' : 'nothing', by: text('by') };
}
