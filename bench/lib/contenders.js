import { existsSync } from 'node:fs';
import { clientModule } from '../../scripts/bench/overhead.js';
import { contestant } from '../../scripts/bench/setup.js';
import { adapterNames } from './registry.js';

/** Who takes part in a comparison: data for the page, and the module whose session is called. */

/** An adapter of jobbench as it is compiled, without stamps and logs around it. `jobs`: how many a drain of it has. */
export async function ours(name, workshop, { options, label = name, concurrency, jobs, settings = 'as shipped' } = {}) {
  const about = { name: label, kind: 'ours', package: 'jobbench', settings };
  if (!adapterNames().includes(name)) return { ...about, missing: `this build has no adapter ${name}` };
  try {
    const chosen = await contestant(name, options);
    const { delivery, durability } = chosen.traits;
    const module = workshop.plain(`adapters/${name}.js`);
    const run = { place: chosen, module, options: chosen.ref.options, concurrency, jobs };
    return { ...about, delivery, durability, run, ...(chosen.missing && { missing: chosen.missing.reason }) };
  } catch (error) {
    return { ...about, missing: error.message.split('\n')[0] };
  }
}

/**
 * A program of somebody else, or bare calls.
 * @param about name, kind (peer, bare or limit), package, delivery, durability, settings
 * @param place the adapter of ours whose empty queue, file or server it uses
 * @param how client, options, concurrency, and how many jobs a drain of it has
 */
export function theirs(about, place, { client, options = {}, concurrency, jobs }) {
  const run = { place, module: new URL(`../clients/${client}.js`, import.meta.url).href, options, concurrency, jobs };
  const missing = place.missing?.reason ?? notInstalled(about.package);
  return { ...about, run, ...(missing !== undefined && { missing }) };
}

/** Where a package of bench/, or one that jobbench itself uses, would be. */
const PLACES = ['../node_modules/', '../../node_modules/'];

function notInstalled(name) {
  if (name === '' || name === 'node') return undefined;
  const there = PLACES.some((place) => existsSync(new URL(`${place}${name}/package.json`, import.meta.url)));
  return there ? undefined : `${name} is not installed; npm ci in bench/ installs it`;
}

/** Bare calls of scripts/bench/clients. */
export function bare(about, place, { client, ...how }) {
  const contender = theirs({ kind: 'bare', ...about }, place, { client, ...how });
  return { ...contender, run: { ...contender.run, module: clientModule(client) } };
}
