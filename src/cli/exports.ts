import { join } from 'node:path';
import type { Comparison } from '../core/comparison.js';
import { codeOf, JobbenchError } from '../core/errors.js';
import { renderBencher } from '../report/comparison/bencher.js';
import { renderGithubAction } from '../report/comparison/githubaction.js';
import { renderJson } from '../report/comparison/json.js';
import { renderJunit } from '../report/comparison/junit.js';
import { checkOutput, replaceFile } from '../store/write.js';

export const EXPORT_FORMATS = ['github-action-benchmark', 'bencher', 'junit', 'json'] as const;

export interface ExportRequest {
  readonly format: (typeof EXPORT_FORMATS)[number];
  /** A file; of github-action-benchmark a folder, because it takes two files. */
  readonly path: string;
}

interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** Proves that exports can be written, before anything is measured for them. @throws JobbenchError USAGE */
export async function checkExports(requests: readonly ExportRequest[]): Promise<void> {
  for (const { format, path } of requests) {
    try {
      await checkOutput(format === 'github-action-benchmark' ? join(path, 'bigger-is-better.json') : path);
    } catch (cause) {
      const message = `cannot write --export ${format}=${path} (${codeOf(cause instanceof Error ? cause.cause : undefined) ?? 'unknown error'})`;
      throw new JobbenchError('USAGE', message, { cause });
    }
  }
}

/** Writes what other tools read. @returns the files @throws JobbenchError USAGE when one cannot be written */
export async function writeExports(comparison: Comparison, requests: readonly ExportRequest[]): Promise<string[]> {
  const files = requests.flatMap((request) => filesOf(comparison, request));
  // All places are tried before the first is written: half of the exports is no outcome.
  for (const { path } of files) await checkOutput(path);
  for (const { path, text } of files) await replaceFile(path, text);
  return files.map(({ path }) => path);
}

function filesOf(comparison: Comparison, { format, path }: ExportRequest): OutputFile[] {
  switch (format) {
    case 'github-action-benchmark': {
      const { bigger, smaller } = renderGithubAction(comparison);
      return [
        { path: join(path, 'bigger-is-better.json'), text: bigger },
        { path: join(path, 'smaller-is-better.json'), text: smaller },
      ];
    }
    case 'bencher':
      return [{ path, text: renderBencher(comparison) }];
    case 'junit':
      return [{ path, text: renderJunit(comparison) }];
    case 'json':
      return [{ path, text: renderJson(comparison) }];
    default:
      return format satisfies never;
  }
}
