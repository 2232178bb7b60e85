import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The compiled program: entry points of processes and threads must be real JavaScript. JOBBENCH_DIST names another build. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DIST = resolve(ROOT, process.env.JOBBENCH_DIST ?? 'dist');
if (!existsSync(DIST)) throw new Error(`${DIST} is not there; run: npm run build`);

async function compiled<T>(path: string): Promise<T> {
  // The types are those of the source that was compiled.
  return (await import(pathToFileURL(resolve(DIST, path)).href)) as T;
}

export const { runTrial } = await compiled<typeof import('../../src/engine/trial.js')>('engine/trial.js');
export const { measure } = await compiled<typeof import('../../src/engine/run.js')>('engine/run.js');
export const { adapterNames, loadAdapter, loadScenario, scenarioNames } =
  await compiled<typeof import('../../src/engine/registry.js')>('engine/registry.js');
export const { QUICK, verifyCase } =
  await compiled<typeof import('../../src/conformance/verify.js')>('conformance/verify.js');
export const { SUITE, verifyAll } =
  await compiled<typeof import('../../src/conformance/suite.js')>('conformance/suite.js');
export const { playHistory } =
  await compiled<typeof import('../../src/conformance/histories.js')>('conformance/histories.js');
export const { effectiveOf, withQueue } =
  await compiled<typeof import('../../src/conformance/direct.js')>('conformance/direct.js');
