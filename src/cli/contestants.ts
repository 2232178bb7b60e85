import type { Options } from '../core/adapter.js';
import { JobbenchError } from '../core/errors.js';
import { hideValues } from '../core/secrets.js';
import { splitSpecs } from '../core/specs.js';
import { assertPlainOptions } from '../engine/outside.js';
import { adapterNames, type LoadedAdapter, loadAdapter } from '../engine/registry.js';
import type { Contestant } from '../engine/request.js';
import { type Layer, type Layers, listOf } from './layers.js';
import { complaint } from './schema.js';
import { hideSecrets } from './secrets.js';
import { didYouMean } from './suggest.js';

/** `--set ADAPTER.KEY=VALUE`, or an option that stands after an adapter's name. */
interface Setting {
  readonly key: string;
  readonly value: string;
  /** How the user wrote it. */
  readonly written: string;
}

interface Chosen extends LoadedAdapter {
  /** `sqlite`, `./mine.js` */
  readonly spec: string;
  readonly own: readonly Setting[];
}

/** The chosen adapters with their options. @throws JobbenchError USAGE */
export async function readContestants(layers: Layers, cwd: string): Promise<Contestant[]> {
  const lists = listOf(layers, 'adapter');
  const chosen =
    lists === undefined ? await byDefault(cwd) : await Promise.all(splitSpecs(lists).map((spec) => find(spec, cwd)));
  const names = [...new Set(chosen.map(({ ref }) => ref.name))];
  const settings = layers.flatMap((layer) => settingsOf(layer, names));
  const contestants = new Map<string, Contestant>();
  for (const one of chosen) {
    const shared = settings.filter(({ adapter }) => adapter === one.ref.name);
    const contestant = configure(one, [...shared, ...one.own]);
    const same = contestants.get(contestant.label);
    // Two files of one name are two adapters; one adapter named twice is one.
    const label =
      same === undefined || same.ref.module === one.ref.module ? contestant.label : `${contestant.label} (${one.spec})`;
    contestants.set(label, { ...contestant, label });
  }
  return [...contestants.values()];
}

/** Two contestants for `ab`, which may be the same. @throws JobbenchError USAGE */
export async function readArms(
  a: string,
  b: string,
  layers: Layers,
  cwd: string,
): Promise<[base: Contestant, head: Contestant]> {
  const [first, second] = [await find(a, cwd, '--a'), await find(b, cwd, '--b')];
  const settings = layers.flatMap((layer) => settingsOf(layer, [first.ref.name, second.ref.name]));
  const arm = (one: Chosen) =>
    configure(one, [...settings.filter(({ adapter }) => adapter === one.ref.name), ...one.own]);
  const [base, head] = [arm(first), arm(second)];
  if (base.label !== head.label) return [base, head];
  const same = base.ref.module === head.ref.module;
  const labelled = (one: Contestant, mark: string) => ({ ...one, label: `${one.label} (${mark})` });
  return [labelled(base, same ? 'A' : first.spec), labelled(head, same ? 'B' : second.spec)];
}

async function byDefault(cwd: string): Promise<Chosen[]> {
  const all = await Promise.all(adapterNames().map((name) => find(name, cwd)));
  return all.filter(({ adapter }) => adapter.reference !== true && adapter.byDefault !== false);
}

/** @param option how the user named it */
async function find(text: string, cwd: string, option = '--adapter'): Promise<Chosen> {
  const at = text.indexOf('?');
  const spec = at < 0 ? text : text.slice(0, at);
  const loaded = spec === '' ? undefined : await loadAdapter(spec, cwd);
  if (loaded === undefined) {
    const known = adapterNames();
    throw new JobbenchError(
      'USAGE',
      `unknown adapter "${spec}"${didYouMean(spec, known)} Available: ${known.join(', ')}; ` +
        'a file of your own is given as ./mine.js, a package by the name it is installed under',
    );
  }
  const own =
    at < 0
      ? []
      : text
          .slice(at + 1)
          .split('&')
          .filter((pair) => pair !== '')
          .map((pair) => queryPair(pair, text, option));
  return { ...loaded, spec, own };
}

function queryPair(pair: string, text: string, option: string): Setting {
  const at = pair.indexOf('=');
  if (at < 1)
    throw new JobbenchError('USAGE', `${option} ${hideSecrets(text)}: write options as NAME?KEY=VALUE&KEY=VALUE`);
  const key = pair.slice(0, at);
  return { key, value: decoded(pair.slice(at + 1)), written: `${option} ${text.slice(0, text.indexOf('?'))}?${key}` };
}

/** `%2C` and the like stand for characters that separate; anything that is no such code is meant as it stands. */
function decoded(value: string): string {
  return value.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}

/** What a flag names must be part of this run; a file or variable may speak of adapters that are not. */
function settingsOf(layer: Layer, chosen: readonly string[]): (Setting & { adapter: string })[] {
  return (layer.lists.set ?? []).flatMap((text) => {
    const equals = text.indexOf('=');
    const path = equals < 0 ? text : text.slice(0, equals);
    // Names of files may hold dots: the longest that fits is meant.
    const names = [...new Set([...chosen, ...adapterNames()])].sort((a, b) => b.length - a.length);
    const adapter = names.find((name) => path.startsWith(`${name}.`));
    if (equals < 0 || !/^.+\../.test(path)) {
      throw new JobbenchError(
        'USAGE',
        `${layer.written('set', hideSecrets(text))}: write ADAPTER.KEY=VALUE, as in sqlite.synchronous=full`,
      );
    }
    if (adapter === undefined || (!chosen.includes(adapter) && layer.source === 'flags')) {
      const name = adapter ?? path.slice(0, path.indexOf('.'));
      throw new JobbenchError(
        'USAGE',
        `${layer.written('set', path)}: "${name}" is not in this run${didYouMean(name, chosen)} Adapters: ${chosen.join(', ')}`,
      );
    }
    const key = path.slice(adapter.length + 1);
    return chosen.includes(adapter)
      ? [{ adapter, key, value: text.slice(equals + 1), written: layer.written('set', path) }]
      : [];
  });
}

function configure({ ref, adapter }: Chosen, settings: readonly Setting[]): Contestant {
  const shape = adapter.options?.shape ?? {};
  const known = Object.keys(shape);
  const given = new Map<string, Setting>();
  for (const setting of settings) {
    if (!Object.hasOwn(shape, setting.key)) {
      const hint =
        known.length === 0 ? '; it has none' : `${didYouMean(setting.key, known)} Options: ${known.join(', ')}`;
      throw new JobbenchError('USAGE', `${setting.written}: ${ref.name} has no option "${setting.key}"${hint}`);
    }
    given.set(setting.key, setting);
  }
  const raw = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  hideValues(raw);
  const label = hideSecrets(
    `${ref.name}${given.size > 0 ? '?' : ''}${Object.entries(raw)
      .map(([k, v]) => `${k}=${v}`)
      .join('&')}`,
  );
  const options = validated(adapter, ref.name, raw, given);
  return { label, adapter, ref: { ...ref, options }, given: new Set(given.keys()) };
}

function validated(
  adapter: LoadedAdapter['adapter'],
  name: string,
  raw: Record<string, string>,
  given: ReadonlyMap<string, Setting>,
): Options {
  if (adapter.options === undefined) return {};
  const parsed = adapter.options.safeParse(raw);
  if (parsed.success) {
    assertPlainOptions(name, parsed.data);
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw parsed.error;
  const key = String(issue.path[0] ?? '');
  const where = given.get(key)?.written ?? `--set ${name}.${key}`;
  throw new JobbenchError('USAGE', complaint(where, raw[key], issue, adapter.options.shape[key]));
}
