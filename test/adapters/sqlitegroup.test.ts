import { describe, expect, test, vi } from 'vitest';
import { groupCommit, type Ride } from '../../src/adapters/sqlite/group.js';
import type { Writer } from '../../src/adapters/sqlite/writer.js';

/** Tells what shared a transaction; a row that is called bad throws in whichever it is. */
function bench(ride: () => Ride = () => 'none') {
  const transactions: string[][] = [];
  let open: string[] | undefined;
  const inTransaction = (act: () => void) => {
    open = [];
    try {
      act();
      transactions.push(open);
    } finally {
      open = undefined;
    }
  };
  const write: Writer = { statement: inTransaction, transaction: inTransaction, retries: () => 0, refusals: () => 0 };
  const group = groupCommit(write, 'auto', ride);
  const row = (name: string) => () => {
    if (name === 'bad') throw new Error('bad row');
    open?.push(name);
  };
  return { group, transactions, inTransaction, put: (name: string) => Promise.resolve(group.insert(row(name))) };
}

describe('rows of one process that enqueues and works', () => {
  test('go along with the transaction of its worker, and are answered after its commit', async () => {
    const one = bench(() => {
      const rows = one.group.take();
      one.inTransaction(() => rows?.insert());
      queueMicrotask(() => rows?.committed());
      return 'taken';
    });
    await one.put('alone');
    await Promise.all(['a', 'b', 'c'].map(one.put));
    expect(one.transactions).toEqual([['alone'], ['a'], ['b', 'c']]);
  });

  test('wait for their turn while others are on the way, in the order of their calls', async () => {
    const one = bench();
    const answered: string[] = [];
    const put = (name: string) => one.put(name).then(() => answered.push(name));
    const first = put('direct');
    const rest = ['a', 'b'].map(put);
    const rows = one.group.take();
    expect(rows).toBeDefined();
    const later = put('c');
    expect(one.group.take()).toBeUndefined();
    one.inTransaction(() => rows?.insert());
    expect(answered).not.toContain('a');
    rows?.committed();
    await Promise.all([first, ...rest, later]);
    expect(one.transactions).toEqual([['direct'], ['a', 'b'], ['c']]);
    expect(answered.at(-1)).toBe('c');
  });

  test('each get an answer of their own where that transaction fails, and the next ones are not held up', async () => {
    const one = bench();
    const direct = one.put('direct');
    const settled = Promise.allSettled(['a', 'bad', 'b'].map(one.put));
    const rows = one.group.take();
    expect(() => one.inTransaction(() => rows?.insert())).toThrow('bad row');
    rows?.refused();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await direct;
    await Promise.all(['c', 'd'].map(one.put));
    expect(one.transactions.flat()).toEqual(['direct', 'a', 'b', 'c', 'd']);
  });

  test('are written by themselves where nobody takes them', async () => {
    const ride = vi.fn((): Ride => 'none');
    const one = bench(ride);
    await Promise.all(['direct', 'a', 'b'].map(one.put));
    expect(one.transactions).toEqual([['direct'], ['a', 'b']]);
    expect(ride).toHaveBeenCalledOnce();
  });

  test('wait one turn for a transaction that is about to begin, and no longer', async () => {
    const ride = vi.fn((): Ride => 'soon');
    const one = bench(ride);
    await Promise.all(['direct', 'a', 'b'].map(one.put));
    expect(one.transactions).toEqual([['direct'], ['a', 'b']]);
    expect(ride).toHaveBeenCalledTimes(2);
  });
});
