import { appendFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Comparison } from '../core/comparison.js';
import { codeOf } from '../core/errors.js';
import { renderAnnotations, renderStepSummary } from '../report/comparison/github.js';
import { renderJson } from '../report/comparison/json.js';
import { renderMarkdown } from '../report/comparison/markdown.js';
import { safe } from '../report/comparison/safe.js';
import { renderComparison } from '../report/comparison/table.js';
import type { TableOptions } from '../report/table.js';
import { takesBlocks } from './color.js';
import type { ComparisonFormat } from './comparerequest.js';
import type { Io } from './io.js';

/** Prints a comparison, and appends it to the summary of the job where GitHub Actions wants one. */
export async function printComparison(
  comparison: Comparison,
  { format, color }: { readonly format: ComparisonFormat; readonly color: boolean },
  io: Io,
): Promise<void> {
  io.stdout.write(textOf(comparison, format, { color, blocks: takesBlocks(io) }, io.stdout.columns));
  await appendStepSummary(comparison, io);
}

function textOf(
  comparison: Comparison,
  format: ComparisonFormat,
  looks: Pick<TableOptions, 'color' | 'blocks'>,
  width: number | undefined,
): string {
  switch (format) {
    case 'json':
      return renderJson(comparison);
    case 'markdown':
      return renderMarkdown(comparison);
    case 'table':
    case 'github': {
      const table = renderComparison(comparison, { ...looks, ...(width !== undefined && { width }) });
      return format === 'table' ? table : `${table}${renderAnnotations(comparison)}`;
    }
    default:
      return format satisfies never;
  }
}

/** What was measured is printed already: a summary that cannot be written is said, and changes no exit code. */
async function appendStepSummary(comparison: Comparison, io: Io): Promise<void> {
  const named = io.env.GITHUB_STEP_SUMMARY;
  if (named === undefined || named === '') return;
  const path = resolve(io.cwd, named);
  try {
    const taken = await stat(path).then(
      ({ size }) => size,
      () => 0, // it is made by the first who appends
    );
    await appendFile(path, renderStepSummary(comparison, taken));
  } catch (error) {
    io.stderr.write(
      `jobbench: the summary of the job was not written to ${safe(path, 4096)} (${codeOf(error) ?? 'unknown error'})\n`,
    );
  }
}
