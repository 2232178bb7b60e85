import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResult } from '../../src/store/read.js';
import { CHEAP, newPlace } from './place.js';

const LIMIT = { timeout: 60_000 };
const TRACE = /\n\s+at /;

/** One of each place where it is found: by the parser of options, in what was asked, of an adapter, and before a trial. Others are in cli/usage.test.ts. */
test.each([
  { name: 'unknown flag', args: ['--trails', '3'], says: [/--trails/, /--trials/] },
  { name: 'trials of 0', args: ['--trials', '0'], says: [/--trials/, /\b1\b.*\b1000\b/] },
  {
    name: 'a choice that is none',
    args: ['--set', 'sqlite.synchronous=max'],
    says: [/sqlite\.synchronous/, /"max"/, /off, normal or full/],
  },
  {
    name: 'payloads that no disk holds',
    args: ['--adapter', 'memory', '--scenario', 'backlog', '-P', 'depth=5000000', '--payload', '16MB'],
    says: [/78,125 GB of payloads/, /room for 32 GB/, /lower the payload/],
  },
])('$name: a sentence, exit 2, nothing made', LIMIT, async ({ args, says }) => {
  await using place = newPlace();
  const { code, stdout, stderr } = await place.run(['run', ...args]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  for (const pattern of says) expect(stderr).toMatch(pattern);
  expect(stderr).not.toMatch(TRACE);
  expect(place.files()).toEqual([]);
});

test('an unknown command is told with the one that was meant', LIMIT, async () => {
  await using place = newPlace();
  const { code, stderr } = await place.run(['rum']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/'rum'.*\n?.*run/);
  expect(stderr).not.toMatch(TRACE);
});

test.each([
  { command: 'run', args: ['--adapter', './quick.mjs', ...CHEAP] },
  { command: 'doctor', args: [] },
])('a TMPDIR that cannot be used: $command says so in a sentence, exit 2', LIMIT, async ({ command, args }) => {
  await using place = newPlace();
  place.quick();
  const nowhere = join(place.cwd, 'nowhere');
  const { code, stdout, stderr } = await place.run([command, ...args], { env: { TMPDIR: nowhere } });
  expect(stderr).toMatch(/^jobbench: no folder for temporary files can be made in \S+nowhere \(ENOENT\): set TMPDIR/m);
  expect(stderr).not.toMatch(TRACE);
  expect([code, stdout]).toEqual([2, '']);
  expect(place.files()).toEqual([]);
});

/** A PATH on which there is Node and nothing else. */
function onlyNode(cwd: string): { PATH: string } {
  symlinkSync(process.execPath, join(cwd, 'node'));
  return { PATH: cwd };
}

test('without redis-server and REDIS_URL, a run of nothing but redis says what to do: exit 3', LIMIT, async () => {
  await using place = newPlace();
  const { code, stdout, stderr } = await place.run(['run', '--adapter', 'redis', ...CHEAP], {
    env: onlyNode(place.cwd),
  });
  expect(code).toBe(3);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/redis-server is not on PATH.*(install|apt-get)/);
  expect(stderr).toContain('REDIS_URL');
  expect(stderr).not.toMatch(TRACE);
  expect(place.files()).toEqual([]);
});

test('with another adapter left the run goes on, and the cell of redis says why it is skipped', LIMIT, async () => {
  await using place = newPlace();
  const args = [...place.quick(), '--adapter', 'redis', '--out', 'r.json'];
  const { code, stdout, stderr } = await place.run(args, { env: onlyNode(place.cwd) });
  expect(stderr).not.toMatch(TRACE);
  expect(code).toBe(0);
  expect(stdout).toMatch(/redis .*skipped/);
  const { cells } = await readResult(join(place.cwd, 'r.json'));
  const [quick, redis] = cells;
  expect(redis).toMatchObject({
    status: 'skipped',
    reason: expect.stringMatching(/redis-server is not on PATH; .*install/),
  });
  expect(quick?.status).toBe('ok');
});

test.each([
  'redis://user:canary-of-url@127.0.0.1:1/0',
  'redis://127.0.0.1:1/0?password=canary-of-url',
  'canary-of-url',
])('a REDIS_URL that leads nowhere is exit 3, and its password is nowhere: %s', LIMIT, async (url) => {
  await using place = newPlace();
  const env = { REDIS_URL: url };
  const alone = await place.run(['run', '--adapter', 'redis', ...CHEAP], { env });
  expect(alone.code).toBe(3);
  expect(alone.stderr).toContain('REDIS_URL');
  expect(alone.stderr).not.toMatch(TRACE);
  const beside = await place.run([...place.quick(), '--adapter', 'redis', '--out', 'r.json'], { env });
  expect(beside.code).toBe(0);
  const texts = [alone, beside].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const file of place.files()) texts.push(readFileSync(join(place.cwd, file), 'utf8'));
  expect(texts.length).toBeGreaterThan(4);
  for (const text of texts) expect(text).not.toContain('canary');
});
