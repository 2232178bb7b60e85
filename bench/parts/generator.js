import { gaps, lags } from '../../scripts/bench/generator.js';
import { contestant } from '../../scripts/bench/setup.js';
import { family } from '../lib/family.js';

const ms = { unit: 'ms', better: 'lower' };
const MODES = { p50: { label: 'lag p50', ...ms }, p99: { label: 'lag p99', ...ms } };

/** How late the open loop sends 10,000 jobs a second, beside a loop that only watches the clock: what the machine allows. */
export async function generator({ workshop, ...context }) {
  const memory = await contestant('memory');
  const arms = { "jobbench's open loop": () => lags(memory, workshop), 'a bare setImmediate loop': () => gaps() };
  const about = { delivery: 'none', durability: 'none', settings: '' };
  const contenders = [
    { name: "jobbench's open loop", kind: 'ours', package: 'jobbench', ...about },
    { name: 'a bare setImmediate loop', kind: 'limit', package: 'node', ...about },
  ];
  const measure = ({ name }) => arms[name]();
  const title = 'The generator of open loads, 10,000 jobs/s on memory';
  return family({ key: 'generator', title, modes: MODES, contenders, measure }, context);
}
