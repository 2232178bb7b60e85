import type { ReportModel } from '../report/html/model.js';
import { page } from '../report/html/page.js';
import { replaceFile } from '../store/write.js';
import type { Io } from './io.js';
import { shortest } from './keeping.js';
import { readAssets } from './reportassets.js';

/** Writes a report as a page. @throws JobbenchError USAGE when it cannot be written */
export async function writePage(
  path: string,
  model: ReportModel,
  say: 'where it is' | 'nothing',
  io: Io,
): Promise<void> {
  await replaceFile(path, page(model, await readAssets()), '--html');
  if (say === 'where it is') io.stderr.write(`Report: ${shortest(path, io.cwd)}\n`);
}
