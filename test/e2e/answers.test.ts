import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../../src/core/result.js';
import { readResult } from '../../src/store/read.js';
import { MINE, quickBut } from './adapters.js';
import { CHEAP, type Ended, newPlace } from './place.js';

const LIMIT = { timeout: 60_000 };
const SESSION = 'depth: async () => waiting.length,';
const CREATE = 'create: async () => ({}),';

/** Each in a file of this name. */
const WRONG = [
  {
    name: 'nobody',
    answer: 'no session',
    text: quickBut('async connect() {', 'async connect() { return null;'),
    says: /^queue: nobody: connect\(\): its answer must be a session, as \{ enqueue, run, close \}/,
  },
  {
    name: 'pool',
    answer: 'effective() with an object in it',
    text: quickBut(SESSION, `effective: async () => ({ pool: { size: 3 } }), ${SESSION}`),
    says: /^pool: effective\(\): "pool" of its answer must be a text/,
  },
  {
    name: 'circle',
    answer: 'effective() that holds itself',
    text: quickBut(SESSION, `async effective() { const all = {}; all.all = all; return all; }, ${SESSION}`),
    says: /^circle: effective\(\): "all" of its answer must be a text/,
  },
  {
    name: 'depth',
    answer: 'depth() of the wrong type',
    text: quickBut(SESSION, 'depth: async () => 3n,'),
    says: /^depth: depth\(\): its answer must be a number of jobs/,
  },
  {
    name: 'observed',
    answer: 'an observation of the wrong type',
    text: quickBut(SESSION, `observe: () => ({ totals: { boots: 3n }, spans: {} }), ${SESSION}`),
    says: /^observed: observe\(\): "totals.boots" of its answer must be a finite number/,
  },
  {
    name: 'address',
    answer: 'an address that no other process can get',
    text: quickBut(CREATE, 'create: async () => ({ server: () => 3 }),'),
    says: /^address: create\(\): "server" of its answer is no JSON/,
  },
  {
    name: 'throws',
    answer: 'numbers that throw',
    text: quickBut(CREATE, `measure() { throw new Error('no numbers') }, ${CREATE}`),
    says: /^throws: measure\(\): no numbers/,
  },
  {
    name: 'unit',
    answer: 'numbers of which nobody knows the unit',
    text: quickBut(CREATE, `measure: () => ({ boots: 3 }), ${CREATE}`),
    says: /^unit: measure\(\): "boots" of its answer must be one of its own/,
  },
];
const DONE = quickBut("return 'completed'", "return 'done'");

/** Whatever an adapter says of itself: those beside it keep their numbers, and so does what was measured before. */
describe('answers that are none, in one run', () => {
  let ended: Ended;
  let cells: ReadonlyMap<string, Cell>;
  beforeAll(async () => {
    await using place = newPlace();
    for (const { name, text } of [...WRONG, { name: 'done', text: DONE }]) place.write(`${name}.mjs`, text);
    const adapters = [...WRONG.map(({ name }) => `./${name}.mjs`), './done.mjs'].join(',');
    ended = await place.run([...place.quick(), '--adapter', adapters, '--out', 'r.json']);
    const result = await readResult(join(place.cwd, 'r.json'));
    cells = new Map(result.cells.map((cell) => [cell.adapter.label, cell]));
  });

  test('the run is kept, and what is beside them has its numbers', () => {
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(ended.code).toBe(4);
    expect(cells.size).toBe(WRONG.length + 2);
    expect(cells.get('quick')).toMatchObject({ status: 'ok', trials: [{}] });
  });

  test.each(WRONG)('$answer: its own cell has failed', ({ name, says }) => {
    const cell = cells.get(name);
    expect(cell).toMatchObject({ status: 'failed', error: { code: 'CHILD' } });
    expect(cell?.error?.message).toMatch(says);
  });

  test('an outcome that is none is one that was never told', () => {
    expect(cells.get('done')).toMatchObject({
      status: 'invalid',
      reason: expect.stringMatching(
        /^reported .* outcomes? with another word than completed, failed or retrying; never reported the outcome of/,
      ),
    });
  });
});

test('what is harmless is kept as it can be', LIMIT, async () => {
  await using place = newPlace();
  const effective = 'effective: async () => ({ rows: 12n, level: null, mode: undefined, name: "x" }),';
  const notes = 'notes: () => ({ slow: true }),';
  const text = quickBut(SESSION, `${effective} ${SESSION}`).replace(CREATE, `${notes} ${CREATE}`);
  place.write('mine.mjs', text);
  const { code } = await place.run(['run', '--adapter', './mine.mjs', ...CHEAP, '--out', 'r.json']);
  expect(code).toBe(0);
  const { cells } = await readResult(join(place.cwd, 'r.json'));
  expect(cells).toMatchObject([{ status: 'ok', adapter: { effective: { rows: 12, name: 'x' } } }]);
  expect(cells[0]?.warnings.map(({ message }) => message)).toContain(
    'mine: notes(): its answer must be a list of texts; correct the adapter',
  );
});

const traits = "delivery: 'at-most-once'";
test.each([
  { wrong: 'a trait', text: MINE.replace(traits, `${traits}, recoveryMs: 3n`), says: /traits.recoveryMs \(a number\)/ },
  { wrong: 'a trait nobody knows', text: MINE.replace(traits, `${traits}, mine: {}`), says: /traits.mine \(a text/ },
  { wrong: 'a metric', text: MINE.replace(CREATE, `metrics: { boots: 3 }, ${CREATE}`), says: /metrics.boots/ },
  {
    wrong: 'a trait of its options',
    text: MINE.replace(CREATE, `traitsFor: () => ({ ...traits, topology: 3 }), ${CREATE}`),
    says: /traitsFor\(\): topology must be shared or embedded/,
  },
  {
    wrong: 'an option',
    text: MINE.replace(
      CREATE,
      `options: { shape: {}, safeParse: () => ({ success: true, data: { limit: 3n } }) }, ${CREATE}`,
    ),
    says: /its schema makes of option "limit" what is no JSON/,
  },
])('$wrong that is none: one sentence, exit 2, nothing made', LIMIT, async ({ text, says }) => {
  await using place = newPlace();
  place.write('mine.mjs', text);
  const { code, stdout, stderr } = await place.run(['run', '--adapter', './mine.mjs', ...CHEAP]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^jobbench: adapter \.?\/?mine.* .*\n$/);
  expect(stderr).toMatch(says);
  expect(place.files()).toEqual(['mine.mjs']);
});
