import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The compiled program that is measured: dist/, or the folder that JOBBENCH_DIST names. */
export const dist = process.env.JOBBENCH_DIST ? resolve(process.env.JOBBENCH_DIST) : join(root, 'dist');

/** The command line program that belongs to it. */
export const program = [join(dist, '..', 'bin', 'jobbench.js'), join(root, 'bin', 'jobbench.js')].find(existsSync);

/** Where a compiled module is. */
export const distUrl = (path) => pathToFileURL(join(dist, path)).href;

/** Imports a compiled module, as `load('engine/trial.js')`. */
export const load = (path) => import(distUrl(path));

/** What stands in for the handler in the copy: the same work at the same place, without stamps and event log. */
const PLAIN_HANDLER = `
import { doWork } from './body.js';
export function openHost(spec) {
  return { handle: (job, attempt = 1) => doWork(job.work, attempt, spec), close() {} };
}
`;

/** A folder of ours with a copy of dist/ in it whose handler neither stamps nor logs: for the bare loops. */
export function openWorkshop() {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-self-'));
  const plain = join(dir, 'dist');
  cpSync(dist, plain, { recursive: true });
  writeFileSync(join(plain, 'work', 'handler.js'), PLAIN_HANDLER);
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'), 'dir');
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}\n');
  let serial = 0;
  return {
    dir,
    plain: (path) => pathToFileURL(join(plain, path)).href,
    /** Short, because the path of a unix socket inside it may have 107 bytes. */
    scratch: () => mkdtempSync(join(dir, `s${serial++}-`)),
    close: () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Adapters as the benchmark uses them, and how many jobs keep each busy for about a second. */
export const ADAPTERS = {
  memory: { options: {}, enqueue: 500_000, warm: 50_000 },
  threads: { options: {}, enqueue: 300_000, warm: 50_000 },
  'spawn-vm': {
    options: { mode: 'queue', timeScale: 0.01, body: 'process', maxMachines: 2 },
    enqueue: 60_000, // a call takes 2 microseconds: fewer would measure how it is compiled
    warm: 10_000,
  },
  sqlite: { options: {}, enqueue: 40_000, warm: 10_000 },
  redis: { options: {}, enqueue: 10_000, warm: 4_000 },
  'redis-list': { options: {}, enqueue: 60_000, warm: 10_000 },
};

/** One adapter, loaded, with validated options; or why it cannot be measured here. */
export async function contestant(name, chosen = ADAPTERS[name]?.options ?? {}) {
  const { loadAdapter } = await load('engine/registry.js');
  const { adapter, ref } = await loadAdapter(name, root);
  const options = adapter.options?.parse(chosen) ?? {};
  const missing = await adapter.unavailable?.(options);
  const traits = adapter.traitsFor?.(options) ?? adapter.traits;
  return { name, label: name, adapter, traits, ref: { ...ref, options }, missing };
}
