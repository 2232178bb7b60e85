import { z } from 'zod';
import type { ReadText } from '../core/distribution.js';
import { describeError } from '../core/errors.js';

/** Options of spawn-vm as a preset gives them; whatever it leaves out is as without it. */
export type PresetFields = Readonly<Record<string, string | number>>;

/** The article behind the adapter measured its own application on Fly: 500 ms to boot, 1.5 to 5 s to load. */
const ARTICLE = { boot: '500ms', appBoot: 'uniform:1500ms:5000ms' } as const;

/** $0.15 for each GB of root file system and 30 days, while a machine is stopped; of one with 1 GB. */
const FLY_STOPPED = 0.15 / (30 * 86_400);

/**
 * Published figures of real platforms; docs/spawn-vm.md has the source of each. `appBoot` is the application's own,
 * which no platform can publish: that of the article.
 */
export const PRESETS: Readonly<Record<string, PresetFields>> = {
  article: ARTICLE,
  fly: {
    ...{ boot: '300ms', appBoot: ARTICLE.appBoot, resume: '300ms' },
    ...{ park: 'stop', priceStopped: FLY_STOPPED, priceSuspended: FLY_STOPPED },
  },
  'fly-suspend': {
    ...{ boot: '300ms', appBoot: ARTICLE.appBoot, resume: '300ms' },
    ...{ park: 'suspend', priceStopped: FLY_STOPPED, priceSuspended: FLY_STOPPED },
  },
  'fly-create': { boot: '300ms', appBoot: ARTICLE.appBoot, park: 'destroy', apiRate: 1, apiBurst: 3 },
  firecracker: { boot: '125ms', appBoot: ARTICLE.appBoot, park: 'destroy' },
};

const FIELD = z.union([z.string(), z.number(), z.array(z.number().min(0)).min(1)]);
const FILE = z.record(z.string(), FIELD);

/**
 * The options that a preset stands for: one of the names, or `file:PATH`, JSON with options of spawn-vm as keys. A list
 * of numbers there is a distribution: measured milliseconds, each as likely as the others.
 * @param known names of options that may stand in a file
 * @throws Error with what is allowed
 */
export function presetFields(name: string, read: ReadText, known: readonly string[]): PresetFields {
  if (name.startsWith('file:')) return fromFile(name.slice('file:'.length), read, known);
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset !== undefined) return preset;
  throw new Error(`"${name}" is not a preset; choose ${Object.keys(PRESETS).join(', ')}, or file:mine.json`);
}

function fromFile(path: string, read: ReadText, known: readonly string[]): PresetFields {
  const json = parsed(path, textOf(path, read));
  const checked = FILE.safeParse(json);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') || 'the whole';
    throw new Error(`preset ${path}: ${where} is neither text, a number, nor a list of measured milliseconds`);
  }
  const fields = Object.entries(checked.data).map(([key, value]) => {
    if (!known.includes(key) || key === 'preset')
      throw new Error(`preset ${path}: there is no option "${key}"; it may hold ${known.join(', ')}`);
    return [key, Array.isArray(value) ? `values:${value.join('/')}` : value] as const;
  });
  return Object.fromEntries(fields);
}

function textOf(path: string, read: ReadText): string {
  try {
    return read(path);
  } catch (cause) {
    throw new Error(`preset ${path} cannot be read: ${describeError(cause)}`, { cause });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const example = '{ "boot": [310, 295, 402], "appBoot": "lognormal:2s:5s", "price": 0.0000026 }';
    throw new Error(`preset ${path} is not JSON (${describeError(cause)}); write ${example}`, { cause });
  }
}
