import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Traits } from '../../src/core/traits.js';
import type { Contestant } from '../../src/engine/request.js';
import { adapterNames, loadAdapter } from './dist.js';

/** Machines that boot in a hundredth of a second or so; nothing else needs to be told apart. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'spawn-vm': { timeScale: 0.02, boot: '500ms', appBoot: 'uniform:500ms:1s', maxMachines: 4 },
};

/** An adapter of the folder with options that make its tests short, or one from test/support/broken. */
export async function contestant(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<Contestant> {
  const own = adapterNames().includes(name);
  const spec = own ? name : fileURLToPath(new URL(`./broken/${name}.mjs`, import.meta.url));
  const loaded = await loadAdapter(spec, '.');
  if (loaded === undefined) throw new Error(`there is no adapter ${name}`);
  const options = loaded.adapter.options?.parse({ ...OPTIONS[name], ...given }) ?? {};
  return { label: name, ref: { ...loaded.ref, options }, adapter: loaded.adapter };
}

export function traitsOf({ adapter, ref }: Contestant): Traits {
  return adapter.traitsFor?.(ref.options) ?? adapter.traits;
}

/** Why an adapter cannot be tested here; JOBBENCH_REQUIRE=redis,sqlite makes that a failure. */
export async function missing({ adapter, ref, label }: Contestant): Promise<string | undefined> {
  const remedy = await adapter.unavailable?.(ref.options);
  if (remedy === undefined) return undefined;
  if ((process.env.JOBBENCH_REQUIRE ?? '').split(',').includes(label)) {
    throw new Error(`JOBBENCH_REQUIRE names ${label}, but: ${remedy.reason}; ${remedy.remedy}`);
  }
  return `${label}: ${remedy.reason} (${remedy.remedy})`;
}

/** A folder whose path is short enough for a socket inside it. */
export function scratchFolder(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }) };
}
