import { load } from '../../scripts/bench/setup.js';

/** What this build of jobbench has: adapters come and go with files. */
export const { adapterNames } = await load('engine/registry.js');
