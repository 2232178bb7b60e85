import { withLoops } from '../../scripts/bench/children.js';
import { contestant } from '../../scripts/bench/setup.js';
import { ours, theirs } from '../lib/contenders.js';
import { family } from '../lib/family.js';
import { prefilled } from '../lib/prefilled.js';

const DEPTHS = { k1: 1000, k100: 100_000, m1: 1_000_000 };
const MODES = { k1: '1,000 waiting', k100: '100,000 waiting', m1: '1,000,000 waiting' };
const AMOUNT = { sqlite: { warm: 20_000, jobs: 80_000 }, plainjob: { warm: 1000, jobs: 4000 } };

/** What a backlog costs whoever works it off: it is refilled while the clock stands still. */
export async function backlog({ workshop, ...context }) {
  const place = await contestant('sqlite', {});
  const survives = { delivery: 'at-least-once', durability: 'process-crash' };
  const peer = {
    name: 'plainjob',
    kind: 'peer',
    package: 'plainjob',
    settings: '1 worker, no wait between two looks',
    ...survives,
  };
  const contenders = [
    await ours('sqlite', workshop, { options: {} }),
    theirs(peer, place, { client: 'plainjob', options: { pollIntervall: 0 } }),
  ];
  const copies = {};
  for (const contender of contenders.filter(({ missing }) => missing === undefined)) {
    copies[contender.name] = {};
    for (const [key, depth] of Object.entries(DEPTHS)) {
      context.say(`backlog: ${contender.name} is filled with ${depth.toLocaleString('en-US')} jobs`);
      copies[contender.name][key] = await prefilled(contender, depth, workshop);
    }
  }
  const at = (name, key) => copies[name][key]((plan) => withLoops([plan], ([loop]) => loop.ask('kept', AMOUNT[name])));
  const measure = async ({ name }) => ({
    k1: await at(name, 'k1'),
    k100: await at(name, 'k100'),
    m1: await at(name, 'm1'),
  });
  const title = 'Pop and ack at a backlog in one SQLite file, synchronous=NORMAL';
  return family({ key: 'backlog', title, modes: MODES, contenders, measure }, context);
}
