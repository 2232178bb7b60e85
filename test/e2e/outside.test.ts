import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResult } from '../../src/store/read.js';
import { MINE, QUICK, quickBut } from './adapters.js';
import { CHEAP, newPlace, type Place } from './place.js';

const LIMIT = { timeout: 60_000 };
const TRACE = /\n\s+at /;

/** Runs an adapter beside another, to which nothing may happen. */
async function measured(place: Place, text: string) {
  place.write('mine.mjs', text);
  const ended = await place.run([...place.quick(), '--adapter', './mine.mjs', '--out', 'r.json']);
  expect(ended.stderr).not.toMatch(TRACE);
  const { cells } = await readResult(join(place.cwd, 'r.json'));
  const [quick, mine] = cells;
  expect(quick?.status).toBe('ok');
  return { ...ended, mine };
}

test('an adapter from outside is measured like ours', LIMIT, async () => {
  await using place = newPlace();
  const { code, stdout, mine } = await measured(place, MINE);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}mine /m);
  expect(mine).toMatchObject({ status: 'ok', adapter: { name: 'mine', traits: { delivery: 'at-most-once' } } });
  expect(mine?.summary.enqueue_call_p50?.median).toBeGreaterThan(0);
});

test('an adapter that is an installed package goes by its name', LIMIT, async () => {
  await using place = newPlace();
  place.write(
    'node_modules/@me/queue/package.json',
    '{ "name": "@me/queue", "type": "module", "exports": "./index.js" }',
  );
  place.write('node_modules/@me/queue/index.js', QUICK);
  const { code } = await place.run(['run', '--adapter', '@me/queue', ...CHEAP, '--out', 'r.json']);
  expect(code).toBe(0);
  const { cells } = await readResult(join(place.cwd, 'r.json'));
  expect(cells).toMatchObject([{ status: 'ok', adapter: { name: 'queue' } }]);
});

test('one that loses a job is INVALID', LIMIT, async () => {
  await using place = newPlace();
  const losing = quickBut('put(job);\n      },', 'if (job.index !== 7) put(job);\n      },');
  const { code, stdout, mine } = await measured(place, losing);
  expect(code).toBe(4);
  expect(stdout).toMatch(/mine +INVALID/);
  expect(mine).toMatchObject({ status: 'invalid', reason: expect.stringMatching(/^lost 1 of [\d,]+ accepted jobs$/) });
  expect(mine?.trials[0]?.ledger.lost).toBe(1);
});

test('one that runs a job twice is INVALID', LIMIT, async () => {
  await using place = newPlace();
  const { code, mine } = await measured(
    place,
    quickBut(
      'else settled(job.index, await outcome(handle, job))',
      'else if (job.index === 7 && !job.again) waiting.push({ ...job, again: await outcome(handle, job) }); else settled(job.index, await outcome(handle, job))',
    ),
  );
  expect(code).toBe(4);
  expect(mine).toMatchObject({
    status: 'invalid',
    reason: expect.stringMatching(/^repeated 1 of [\d,]+ jobs/),
  });
});

test.each([
  {
    trouble: 'cannot create',
    from: 'create: async () => ({})',
    to: "create() { throw new Error('no room') }",
    says: /create a queue: no room/,
  },
  {
    trouble: 'cannot connect',
    from: 'async connect() {',
    to: "async connect() {\n throw new Error('no way in');",
    says: /no way in/,
  },
  {
    trouble: 'cannot remove its queue',
    from: 'create:',
    to: "destroy: async () => { throw new Error('still in use') },\n  create:",
    says: /remove its queue: still in use/,
  },
  {
    trouble: 'gives up running',
    from: 'signal.addEventListener',
    to: "throw new Error('tired');\n signal.addEventListener",
    says: /tired/,
  },
])('one that $trouble fails its own cell, and the run goes on', LIMIT, async ({ from, to, says }) => {
  await using place = newPlace();
  const { code, mine } = await measured(place, quickBut(from, to));
  expect(code).toBe(4);
  expect(mine).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(says) } });
});

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
