import { adapterNames, loadAdapter } from './registry.js';
import type { Contestant } from './request.js';

/** The adapter that is the suite's own floor, whichever declares itself so. */
export async function referenceContestant(): Promise<Contestant | undefined> {
  for (const name of adapterNames()) {
    const loaded = await loadAdapter(name, '.');
    if (!loaded?.adapter.reference) continue;
    return { label: name, ref: { ...loaded.ref, options: {} }, adapter: loaded.adapter };
  }
  return undefined;
}
