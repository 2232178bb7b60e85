import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Assets } from '../report/html/page.js';

/** What every page carries: scripts and styles of our own, and uPlot from its package. */
export async function readAssets(): Promise<Assets> {
  const uplot = join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
  const [script, style] = await Promise.all([
    readFile(join(uplot, 'uPlot.iife.min.js'), 'utf8'),
    readFile(join(uplot, 'uPlot.min.css'), 'utf8'),
  ]);
  return {
    client: (name) => readFileSync(new URL(`../report/html/client/${name}`, import.meta.url), 'utf8'),
    uplot: { script, style },
  };
}
