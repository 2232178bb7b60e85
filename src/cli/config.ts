import { basename, dirname, extname, resolve } from 'node:path';
import { lilconfig } from 'lilconfig';
import { codeOf, describeError, JobbenchError } from '../core/errors.js';
import { kebab, type Layer, type ListName } from './layers.js';
import { LISTS, SHORTHANDS, SWITCHES, VALUES } from './runoptions.js';
import { didYouMean } from './suggest.js';

const KNOWN: readonly string[] = [...LISTS, ...SWITCHES, ...VALUES, ...SHORTHANDS];

/**
 * The configuration file: jobbench.config.json, or "jobbench" in package.json, here or in a folder above.
 * @param named a file to use in place of searching
 * @throws JobbenchError USAGE when it cannot be read or says something that `run` does not know
 */
export async function readConfig(named: string | undefined, cwd: string): Promise<Layer | undefined> {
  const found = await find(named === undefined ? undefined : resolve(cwd, named), cwd);
  if (found === undefined) return undefined;
  const { path, content } = found;
  const place = basename(path);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new JobbenchError('USAGE', `${path} must hold an object, such as { "trials": 5 }`);
  }
  const layer: Layer = {
    source: 'config',
    lists: {},
    switches: {},
    values: {},
    written: (option, member) => `${member === undefined ? '' : `"${member}" of `}"${option}" in ${place}`,
  };
  for (const [key, value] of Object.entries(content)) put(layer, key, value, path);
  return layer;
}

async function find(path: string | undefined, cwd: string): Promise<{ path: string; content: unknown } | undefined> {
  if (path !== undefined && extname(path) !== '.json') {
    throw new JobbenchError('USAGE', `--config ${path}: only .json files are read`);
  }
  try {
    const explorer = lilconfig('jobbench', { searchPlaces: ['jobbench.config.json', 'package.json'] });
    const found = path === undefined ? await explorer.search(cwd) : await explorer.load(path);
    if (found === null) return undefined;
    return { path: found.filepath, content: found.config };
  } catch (cause) {
    const where = path ?? `in ${cwd} or above (jobbench.config.json, or "jobbench" in package.json)`;
    // Without the parser's own words, and not as the cause: they quote what stands there, which may be a password.
    if (cause instanceof SyntaxError)
      throw new JobbenchError('USAGE', `the configuration ${where} cannot be read: it is not valid JSON`);
    const why = codeOf(cause) === 'ENOENT' ? 'there is no such file' : describeError(cause);
    throw new JobbenchError('USAGE', `the configuration ${where} cannot be read: ${why}`, { cause });
  }
}

function put(layer: Layer, key: string, value: unknown, path: string): void {
  const name = KNOWN.find((known) => known === key || kebab(known) === key);
  const where = `"${key}" in ${path}`;
  if (name === undefined) {
    throw new JobbenchError('USAGE', `${where} is not an option${didYouMean(key, KNOWN)} Options: ${KNOWN.join(', ')}`);
  }
  if (isIn(LISTS, name)) layer.lists[name] = list(name, value, where, dirname(path));
  else if (isIn(SWITCHES, name)) layer.switches[name] = boolean(value, where);
  else if (isIn(VALUES, name)) layer.values[name] = text(value, where);
  else if (isIn(SHORTHANDS, name)) layer.values[name] = Array.isArray(value) ? texts(value, where) : text(value, where);
}

function isIn<T extends string>(names: readonly T[], name: string): name is T {
  return names.some((known) => known === name);
}

/** Paths of adapters count from the file that names them. */
function list(name: ListName, value: unknown, where: string, folder: string): string[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && (name === 'set' || name === 'param')) {
    return Object.entries(value).map(([key, v]) => `${key}=${Array.isArray(v) ? texts(v, where) : text(v, where)}`);
  }
  const items = (Array.isArray(value) ? value : [value]).map((item) => text(item, where));
  if (name !== 'adapter') return items;
  return items.map((item) => (/^\.{1,2}\//.test(item) ? resolve(folder, item) : item));
}

function boolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new JobbenchError('USAGE', `${where} must be true or false`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new JobbenchError('USAGE', `${where} must be a text or a number`);
}

function texts(values: readonly unknown[], where: string): string {
  return values.map((value) => text(value, where)).join(',');
}
