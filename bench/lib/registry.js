import { load } from '../../scripts/bench/setup.js';

/** What this build of jobbench has: adapters and scenarios come and go with files. */
export const { adapterNames, scenarioNames } = await load('engine/registry.js');
