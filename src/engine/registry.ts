import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Adapter } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import type { AdapterRef } from '../core/plan.js';
import type { Scenario } from '../core/scenario.js';
import { importOutside } from './outside.js';
import { sourceHash } from './source.js';

/** An adapter and where its module is. Options are not chosen yet. */
export interface LoadedAdapter {
  readonly ref: Omit<AdapterRef, 'options'>;
  readonly adapter: Adapter;
}

/** Names of the adapters that come with jobbench: the files of src/adapters/. */
export function adapterNames(): string[] {
  return namesIn('adapters');
}

/** File URL of one of them. */
export function adapterModule(name: string): string {
  return ownModule('adapters', name);
}

/** Names of the scenarios: the files of src/scenarios/. */
export function scenarioNames(): string[] {
  return namesIn('scenarios');
}

/** @throws Error when there is no such file: ask `scenarioNames` first */
export async function loadScenario(name: string): Promise<Scenario> {
  const module: { default: Scenario } = await import(ownModule('scenarios', name));
  return module.default;
}

/**
 * Finds and imports an adapter. A name that comes with jobbench wins over a package of the same name.
 * @param spec `sqlite`, a path as `./mine.js`, or the name of a package installed where `cwd` is
 * @returns undefined when it is none of these
 * @throws JobbenchError USAGE when it is there, but cannot be imported or is not an adapter
 */
export async function loadAdapter(spec: string, cwd: string): Promise<LoadedAdapter | undefined> {
  if (adapterNames().includes(spec)) {
    const module = adapterModule(spec);
    const own: { default: Adapter } = await import(module);
    return { ref: { name: spec, module }, adapter: own.default };
  }
  const module = isPath(spec) ? fileModule(spec, cwd) : await packageModule(spec, cwd);
  if (module === undefined) return undefined;
  const name = outsideName(spec);
  const asked = isPath(spec) ? 'file' : 'package';
  const adapter = await importOutside({ spec, name, module, asked, known: adapterNames() });
  return { ref: { name, module, source: sourceHash(module) }, adapter };
}

// At run time these are .js files beside this one; under a TypeScript loader they are .ts.
const EXTENSION = extname(fileURLToPath(import.meta.url));

function namesIn(folder: 'adapters' | 'scenarios'): string[] {
  return readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((file) => file.endsWith(EXTENSION) && !file.endsWith('.d.ts'))
    .map((file) => basename(file, EXTENSION))
    .sort();
}

function ownModule(folder: 'adapters' | 'scenarios', name: string): string {
  return new URL(`../${folder}/${name}${EXTENSION}`, import.meta.url).href;
}

function isPath(spec: string): boolean {
  return /^\.{1,2}[/\\]/.test(spec) || spec.startsWith('file:') || isAbsolute(spec) || /\.[cm]?[jt]s$/.test(spec);
}

function outsideName(spec: string): string {
  return isPath(spec) ? basename(spec, extname(spec)) : basename(spec);
}

function fileModule(spec: string, cwd: string): string {
  const path = spec.startsWith('file:') ? fileURLToPath(spec) : resolve(cwd, spec);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) throw new JobbenchError('USAGE', `adapter ${spec}: there is no file ${path}`);
  if (there.isDirectory())
    throw new JobbenchError('USAGE', `adapter ${spec}: ${path} is a folder; name the file in it`);
  return pathToFileURL(path).href;
}

/** Only a module inside `cwd` can ask Node how a package is resolved there, so a short-lived one does. */
async function packageModule(name: string, cwd: string): Promise<string | undefined> {
  if (!/^(@[\w.~-]+\/)?[\w~-][\w.~-]*(\/[\w./~-]+)?$/.test(name)) return undefined;
  const question = 'process.stdout.write(import.meta.resolve(process.argv[1]))';
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', question, '--', name],
      { cwd, timeout: 10_000 },
    );
    const url = stdout.trim();
    return url.startsWith('file:') && existsSync(fileURLToPath(url)) ? url : undefined;
  } catch {
    return undefined; // not installed: the caller tells which names there are
  }
}
