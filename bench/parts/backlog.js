import { withLoops } from '../../scripts/bench/children.js';
import { contestant } from '../../scripts/bench/setup.js';
import { ours, theirs } from '../lib/contenders.js';
import { at, atTheirBest, family } from '../lib/family.js';
import { allFilled, prefilled } from '../lib/prefilled.js';
import { PLAINJOB } from '../lib/settings.js';

const DEPTHS = { k1: 1000, k100: 100_000, m1: 1_000_000 };
/** What each depth is called, as a column and where settings were tried for it. */
const MODES = { k1: '1,000 waiting', k100: '100,000 waiting', m1: '1,000,000 waiting' };
const AMOUNT = { sqlite: { warm: 20_000, jobs: 80_000 }, plainjob: { warm: 1000, jobs: 4000 } };

/** What a backlog costs whoever works it off: it is refilled while the clock stands still. */
export async function backlog({ workshop, ...context }) {
  const place = await contestant('sqlite', {});
  const survives = { delivery: 'at-least-once', durability: 'process-crash' };
  const plainjob = { name: 'plainjob', kind: 'peer', package: 'plainjob', ...survives };
  const copies = {};
  const fill = async (contender) => {
    const of = {};
    for (const [key, jobs] of Object.entries(DEPTHS)) {
      context.say(`backlog: ${contender.name} is filled, ${MODES[key]}`);
      of[key] = await prefilled(contender, jobs, workshop);
    }
    copies[contender.name] = of;
  };
  const [adapter, peer] = await allFilled(
    [
      await ours('sqlite', workshop, { options: {} }),
      theirs(plainjob, place, { client: 'plainjob', options: { pollIntervall: 0 } }),
    ],
    fill,
    context,
  );
  const kept = ({ name, run }, key) =>
    copies[name][key]((plan) =>
      withLoops([{ ...plan, options: run.options }], ([loop]) => loop.ask('kept', AMOUNT[name])),
    );
  const columns = Object.entries(MODES);
  const { contenders: peers, tried } = await atTheirBest(
    [[peer, Object.fromEntries(columns.map(([, label]) => [label, PLAINJOB.drain]))]],
    Object.fromEntries(columns.map(([key, label]) => [label, (contender) => kept(contender, key)])),
    context,
  );
  const measure = async (contender) => {
    const seen = {};
    for (const [key, label] of columns) seen[key] = await kept(at(contender, label), key);
    return seen;
  };
  const title = 'Pop and ack at a backlog in one SQLite file, synchronous=NORMAL';
  return family({ key: 'backlog', title, modes: MODES, contenders: [adapter, ...peers], measure, tried }, context);
}
