import { join } from 'node:path';
import { startChild } from '../../scripts/bench/children.js';
import { family } from '../lib/family.js';

const AMOUNT = { warm: 2_000, enqueue: 10_000, work: 30_000 };
const DEPTHS = { k1: 1_000, k100: 100_000 };
const MODES = {
  enqueueK1: 'enqueue one, 1,000 waiting',
  workK1: 'claim and ack 100, 1,000 waiting',
  enqueueK100: 'enqueue one, 100,000 waiting',
  workK100: 'claim and ack 100, 100,000 waiting',
};

/** Which table a queue in SQLite should be, with leases, priorities and delayed jobs in it: bare statements. */
export async function schema({ workshop, ...context }) {
  const shape = (name, key, settings) => ({
    name,
    kind: 'bare',
    package: 'better-sqlite3',
    settings,
    delivery: 'at-least-once',
    durability: 'process-crash',
    key,
  });
  const contenders = [
    shape('rowid table', 'rowid', 'with an index of queue, priority, due time'),
    shape('one b-tree', 'clustered', 'WITHOUT ROWID, in the order of queue, priority, due time'),
  ];
  const at = async (name, depth) => {
    const plan = { schema: name, depth, file: join(workshop.scratch(), 'queue.sqlite3') };
    const loop = startChild(new URL('../schemas/loop.js', import.meta.url), plan, `the schema ${name}`);
    try {
      return await loop.ask('run', AMOUNT);
    } finally {
      await loop.end();
    }
  };
  const measure = async ({ key }) => {
    const [few, many] = [await at(key, DEPTHS.k1), await at(key, DEPTHS.k100)];
    return { enqueueK1: few.enqueue, workK1: few.work, enqueueK100: many.enqueue, workK100: many.work };
  };
  const title = 'The table of a queue in SQLite, synchronous=NORMAL';
  return family({ key: 'schema', title, modes: MODES, contenders, measure }, context);
}
