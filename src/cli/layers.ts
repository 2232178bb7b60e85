import type { LISTS, SHORTHANDS, SWITCHES, VALUES } from './runoptions.js';

export type ListName = (typeof LISTS)[number];
export type SwitchName = (typeof SWITCHES)[number];
export type ValueName = (typeof VALUES)[number] | (typeof SHORTHANDS)[number];

/** What one place says about the options of a run, still as text. */
export interface Layer {
  /** Only flags are about this very run: what they name must exist in it. The others are about runs in general. */
  readonly source: 'config' | 'environment' | 'flags';
  readonly lists: Partial<Record<ListName, readonly string[]>>;
  readonly switches: Partial<Record<SwitchName, boolean>>;
  readonly values: Partial<Record<ValueName, string>>;
  /**
   * How a user wrote the option there: `--trials`, `JOBBENCH_TRIALS`, `"trials" in jobbench.config.json`.
   * @param member of several that it holds: `--set sqlite.lease`, `"sqlite.lease" of "set" in jobbench.config.json`
   */
  written(option: string, member?: string): string;
}

/** The places that were asked, weakest first. */
export type Layers = readonly Layer[];

/** The strongest list that was given. */
export function listOf(layers: Layers, name: ListName): readonly string[] | undefined {
  return layers.findLast((layer) => layer.lists[name] !== undefined)?.lists[name];
}

export function isOn(layers: Layers, name: SwitchName, otherwise: boolean): boolean {
  return layers.findLast((layer) => layer.switches[name] !== undefined)?.switches[name] ?? otherwise;
}

/** The strongest value that was given, and how it was written. */
export function textOf(layers: Layers, name: ValueName): { text: string; written: string } | undefined {
  const layer = layers.findLast(({ values }) => values[name] !== undefined);
  const text = layer?.values[name];
  return layer === undefined || text === undefined ? undefined : { text, written: layer.written(name) };
}

/** `dryRun` -> `dry-run` */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
