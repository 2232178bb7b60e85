import { basename } from 'node:path';
import { compareFiles } from '../compare/comparison.js';
import { standingsOf } from '../compare/standings.js';
import type { Comparison } from '../core/comparison.js';
import { JobbenchError } from '../core/errors.js';
import type { ResultFile } from '../core/result.js';
import { type ReportModel, reportModel } from '../report/html/model.js';
import { historyFor, sameTrials } from './compare.js';
import { refusalText } from './incomparable.js';
import { didYouMean } from './suggest.js';

/** A result file that was read, and how it was named. */
export interface ReportFile {
  /** As given, or the path. */
  readonly label: string;
  readonly path: string;
  readonly result: ResultFile;
}

/**
 * All that a report is made of, with what can be said of differences: between the adapters of each file, and between
 * the first file and each of the others.
 * @throws JobbenchError USAGE where nothing can be grouped by `by`
 */
export async function modelFor(
  files: readonly ReportFile[],
  by: string | undefined,
  cwd: string,
): Promise<ReportModel> {
  if (by !== undefined) assertGrouping(by, files);
  const labels = labelsOf(files);
  const { comparisons, notes } = await changesBetween(files, labels, cwd);
  return reportModel(
    files.map(({ path, result }, at) => ({ label: labels[at] ?? path, name: basename(path), result })),
    { ...(by !== undefined && { by }), standings: files.map(({ result }) => standingsOf(result)), comparisons, notes },
  );
}

/** Names of files without folder and ending, as long as that tells them apart. */
function labelsOf(files: readonly ReportFile[]): string[] {
  const short = files.map(({ label, path }) => (label === path ? basename(path).replace(/\.json$/, '') : label));
  const long = files.map(({ label }) => label);
  const told = (labels: readonly string[]) => new Set(labels).size === labels.length;
  if (told(short)) return short;
  return told(long) ? long : long.map((label, at) => `${label} (${at + 1})`);
}

async function changesBetween(files: readonly ReportFile[], labels: readonly string[], cwd: string) {
  const comparisons: Comparison[] = [];
  const notes: string[] = [];
  const named = files.map(({ path, result }, at) => ({ label: labels[at] ?? path, source: path, file: result }));
  const [base, ...heads] = named;
  for (const head of base === undefined ? [] : heads) {
    if (base === undefined) break;
    if (sameTrials(base, head)) {
      notes.push(`${base.label} and ${head.label} hold the same trials`);
      continue;
    }
    const { floorOf, note } = await historyFor(base, head, {}, cwd);
    const { comparison, refusals } = compareFiles(base, head, { floorOf });
    if (refusals.length > 0) notes.push(refusalText(comparison, refusals));
    else comparisons.push({ ...comparison, notes: [...comparison.notes, note] });
  }
  return { comparisons, notes };
}

function assertGrouping(by: string, files: readonly ReportFile[]): void {
  const params = files.flatMap(({ result }) => result.cells.flatMap(({ scenario }) => Object.keys(scenario.params)));
  const allowed = ['scenario', 'adapter', 'file', ...new Set(params)];
  if (allowed.includes(by)) return;
  throw new JobbenchError(
    'USAGE',
    `--by: "${by}" is not allowed${didYouMean(by, allowed)} It takes scenario, adapter, file, or a param of a scenario in these files`,
  );
}
