import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResult } from '../../src/store/read.js';
import { MINE, QUICK, quickBut } from './adapters.js';
import { CHEAP, newPlace, type Place } from './place.js';

const LIMIT = { timeout: 60_000 };
const TRACE = /\n\s+at /;

/** Runs adapters, each in a file of its name, beside another, to which nothing may happen. */
async function measured(place: Place, texts: Readonly<Record<string, string>>, ...others: string[]) {
  for (const [name, text] of Object.entries(texts)) place.write(`${name}.mjs`, text);
  const adapters = [...Object.keys(texts).map((name) => `./${name}.mjs`), ...others].join(',');
  const ended = await place.run([...place.quick(), '--adapter', adapters, '--out', 'r.json']);
  expect(ended.stderr).not.toMatch(TRACE);
  const result = await readResult(join(place.cwd, 'r.json'));
  const { quick, ...cells } = Object.fromEntries(result.cells.map((cell) => [cell.adapter.label, cell]));
  expect(quick?.status).toBe('ok');
  expect(result.cells).toHaveLength(1 + Object.keys(texts).length + others.length);
  return { ...ended, cells };
}

test(
  'an adapter from outside is measured like ours, and one that is an installed package by its name',
  LIMIT,
  async () => {
    await using place = newPlace();
    place.write(
      'node_modules/@me/queue/package.json',
      '{ "name": "@me/queue", "type": "module", "exports": "./index.js" }',
    );
    place.write('node_modules/@me/queue/index.js', QUICK);
    const { code, stdout, cells } = await measured(place, { mine: MINE }, '@me/queue');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}mine /m);
    const { mine, queue } = cells;
    expect(mine).toMatchObject({ status: 'ok', adapter: { name: 'mine', traits: { delivery: 'at-most-once' } } });
    expect(mine?.summary.enqueue_call_p50?.median).toBeGreaterThan(0);
    expect(queue).toMatchObject({ status: 'ok', adapter: { name: 'queue' } });
  },
);

test('one that loses a job is INVALID, and so is one that runs a job twice', LIMIT, async () => {
  await using place = newPlace();
  const { code, stdout, cells } = await measured(place, {
    loses: quickBut('put(job);\n      },', 'if (job.index !== 7) put(job);\n      },'),
    repeats: quickBut(
      'else settled(job.index, await outcome(handle, job))',
      'else if (job.index === 7 && !job.again) waiting.push({ ...job, again: await outcome(handle, job) }); else settled(job.index, await outcome(handle, job))',
    ),
  });
  expect(code).toBe(4);
  const { loses, repeats } = cells;
  expect(stdout).toMatch(/loses +INVALID/);
  expect(loses).toMatchObject({ status: 'invalid', reason: expect.stringMatching(/^lost 1 of [\d,]+ accepted jobs$/) });
  expect(loses?.trials[0]?.ledger.lost).toBe(1);
  expect(stdout).toMatch(/repeats +INVALID/);
  expect(repeats).toMatchObject({ status: 'invalid', reason: expect.stringMatching(/^repeated 1 of [\d,]+ jobs/) });
});

test(
  'one that cannot create, connect, run or remove its queue fails its own cell, and the run goes on',
  LIMIT,
  async () => {
    await using place = newPlace();
    const { code, cells } = await measured(place, {
      create: quickBut('create: async () => ({})', "create() { throw new Error('no room') }"),
      connect: quickBut('async connect() {', "async connect() {\n throw new Error('no way in');"),
      destroy: quickBut('create:', "destroy: async () => { throw new Error('still in use') },\n  create:"),
      run: quickBut('signal.addEventListener', "throw new Error('tired');\n signal.addEventListener"),
    });
    expect(code).toBe(4);
    const said = Object.entries(cells).map(([name, { status, error }]) => `${name} ${status}: ${error?.message}`);
    expect(said.sort()).toEqual([
      expect.stringMatching(/^connect failed: .*no way in/s),
      expect.stringMatching(/^create failed: .*create a queue: no room/s),
      expect.stringMatching(/^destroy failed: .*remove its queue: still in use/s),
      expect.stringMatching(/^run failed: .*tired/s),
    ]);
  },
);

test.each([
  {
    name: 'throws on import',
    text: "throw new Error('broken on import')",
    says: /cannot be imported: broken on import/,
  },
  { name: 'is no JavaScript', text: 'export default {', says: /cannot be imported/ },
  { name: 'has no default export', text: 'export const mine = 1', says: /no default export/ },
  {
    name: 'lacks members',
    text: "export default { summary: 'x', create: 1 }",
    says: /traits.*create \(a function.*connect \(a function/,
  },
])('a file that $name: one sentence, exit 2, nothing made', LIMIT, async ({ text, says }) => {
  await using place = newPlace();
  place.write('mine.mjs', text);
  const { code, stdout, stderr } = await place.run(['run', '--adapter', './mine.mjs', ...CHEAP]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^jobbench: adapter \.\/mine\.mjs .*\n$/);
  expect(stderr).toMatch(says);
  expect(place.files()).toEqual(['mine.mjs']);
});

test('one that ends the process on import: that is no success', LIMIT, async () => {
  await using place = newPlace();
  place.write('mine.mjs', 'process.exit(0); export default {};');
  const { code, stdout, stderr } = await place.run(['run', '--adapter', './mine.mjs', ...CHEAP]);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^jobbench: ended before its work was done: .*process\.exit\(\).*\n$/);
});

test('one that writes to stdout by itself leaves the document whole', LIMIT, async () => {
  await using place = newPlace();
  place.write('mine.mjs', `process.stdout.write('from the adapter'); ${QUICK}`);
  const { code, stdout, stderr } = await place.run(['run', '--adapter', './mine.mjs', ...CHEAP, '--json']);
  expect(code).toBe(0);
  expect(() => JSON.parse(stdout)).not.toThrow();
  expect(stderr).toContain('from the adapter');
});

test('a file that is not there: exit 2', LIMIT, async () => {
  await using place = newPlace();
  const { code, stderr } = await place.run(['run', '--adapter', './mine.mjs', ...CHEAP]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^jobbench: adapter \.\/mine\.mjs: there is no file .*\n$/);
});
