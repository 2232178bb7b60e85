import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { replay, tooSlow } from '../../src/cli/verifyagain.js';
import { PROMISES_FORMAT, type Proof, provedBy, sameSubject } from '../../src/core/promises.js';
import { VerificationSchema } from '../../src/core/verification.js';
import { verificationOf } from '../../src/report/promises/json.js';
import { renderMatrix } from '../../src/report/promises/matrix.js';
import { proofPlaces, proofsPath } from '../../src/store/proofs.js';
import { readResult } from '../../src/store/read.js';
import { CHEAP, newPlace } from '../e2e/place.js';

const LIMIT = { timeout: 180_000 };
/** One whose fault nobody has to wait for, as for jobs that are lost. */
const BROKEN = fileURLToPath(new URL('../support/broken/repeats.mjs', import.meta.url));
const SOUND = fileURLToPath(new URL('../support/broken/sound.mjs', import.meta.url));

describe('jobbench verify', () => {
  test(
    'a sound adapter from outside: exit 0, one JSON document, and later runs mark what was proved',
    LIMIT,
    async () => {
      await using place = newPlace();
      const sound = `export { default } from '${pathToFileURL(SOUND).href}';\n`;
      place.write('sound.mjs', sound);
      const { code, stdout, stderr } = await place.run(['verify', '--adapter', './sound.mjs', '--seed', '3', '--json']);
      const file = VerificationSchema.parse(JSON.parse(stdout));
      const [proof] = file.proofs;
      const broken = proof?.findings.filter(({ status }) => status === 'violated');
      expect({ code, broken }).toEqual({ code: 0, broken: [] });
      expect(file).toMatchObject({ format: PROMISES_FORMAT, status: 'complete', failures: [], untried: [] });
      expect(proof).toMatchObject({ seed: 3, level: 'quick', adapter: { name: 'sound' } });
      expect(stderr).toMatch(/sound, 1 of \d+: every accepted job/);
      const { format, version, proofs } = file;
      const kept: unknown = JSON.parse(readFileSync(join(place.cwd, 'results/promises.json'), 'utf8'));
      expect(kept).toEqual({ format, version, proofs });
      const ran = await place.run(['run', '--adapter', './sound.mjs', ...CHEAP, '--out', 'r.json']);
      expect(ran.stdout).toContain('at-most-once ✓');
      const { cells } = await readResult(join(place.cwd, 'r.json'));
      expect(cells[0]?.adapter.proved).toEqual(['delivery']);
      place.write('sound.mjs', `${sound}// another adapter now\n`);
      const edited = await place.run(['run', '--adapter', './sound.mjs', ...CHEAP]);
      expect(edited.stdout).toMatch(/at-most-once(?! ✓)/);
    },
  );

  test('a broken one: exit 4, and what is broken stands in the matrix', LIMIT, async () => {
    await using place = newPlace();
    const { code, stdout } = await place.run(['verify', '--adapter', BROKEN, '--quiet', '--timeout', '2s']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/ {2}VIOLATED {5}every accepted job completes exactly once/);
    expect(stdout).toMatch(/repeated 1 of 2,000 jobs/);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^Took: repeats [\d.]+ m?s\.$/m);
    expect(stdout).toMatch(
      /^The same again: jobbench verify --adapter \S+repeats\.mjs --quiet --timeout 2s --seed \d+$/m,
    );
  });

  test('a broken one beside a missing one, as JSON: which promises of whom, and who was not tried', LIMIT, async () => {
    await using place = newPlace();
    const args = ['verify', '--adapter', `${BROKEN},redis`, '--json', '--quiet', '--timeout', '2s'];
    const { code, stdout } = await place.run(args, { env: { PATH: '/nowhere' } });
    const { status, failures, untried, proofs } = VerificationSchema.parse(JSON.parse(stdout));
    expect({ code, status, tried: proofs.map(({ adapter }) => adapter.label) }).toEqual({
      ...{ code: 4, status: 'complete', tried: ['repeats'] },
    });
    expect(failures).toContainEqual({
      ...{ adapter: 'repeats', case: 'every accepted job completes exactly once when nothing fails', code: 'VIOLATED' },
      violations: [expect.stringMatching(/^repeated 1 of 2,000 jobs/)],
    });
    expect(untried).toEqual([
      { adapter: 'redis', code: 'ENVIRONMENT', reason: expect.any(String), remedy: expect.any(String) },
    ]);
  });

  test('what cannot be tried at all prints one JSON document, too', LIMIT, async () => {
    await using place = newPlace();
    const printed = async (...args: string[]) => {
      const { code, stdout, stderr } = await place.run(['verify', '--json', ...args], { env: { PATH: '/nowhere' } });
      const { status, error, untried } = VerificationSchema.parse(JSON.parse(stdout));
      expect(stderr).toMatch(/^jobbench: /m);
      return { code, status, error: error?.code, untried: untried.map(({ adapter, code: why }) => [adapter, why]) };
    };
    const missing = { code: 3, status: 'failed', error: 'ENVIRONMENT', untried: [['redis', 'ENVIRONMENT']] };
    expect(await printed('--adapter', 'redis')).toEqual(missing);
    const unknown = { code: 2, status: 'failed', error: 'USAGE', untried: [] };
    expect(await printed('--adapter', 'nobody')).toEqual(unknown);
    place.write('results/promises.json', '{}');
    const unreadable = { ...unknown, untried: [['memory', 'USAGE']] };
    expect(await printed('--adapter', 'memory')).toEqual(unreadable);
  });

  test('a backend that is missing: exit 3; mistakes: exit 2, before anything is tried', LIMIT, async () => {
    await using place = newPlace();
    const missing = await place.run(['verify', '--adapter', 'redis'], { env: { PATH: '/nowhere' } });
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    for (const args of [
      ['--level', 'deep'],
      ['--seed', 'x'],
      ['--adapter', 'nobody'],
    ]) {
      expect([args, (await place.run(['verify', ...args])).code]).toEqual([args, 2]);
    }
  });

  test('Ctrl-C: exit 130, and nothing is left', LIMIT, async () => {
    await using place = newPlace();
    const running = place.start(['verify', '--adapter', 'memory', '--json']);
    await running.says(/memory, 2 of/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(VerificationSchema.parse(JSON.parse(stdout))).toMatchObject({
      ...{ status: 'aborted', error: { code: 'ABORTED' }, proofs: [] },
      untried: [{ adapter: 'memory', code: 'ABORTED' }],
    });
    await place.tidy();
    expect(place.files()).toEqual([]);
  });
});

test('the same again is a command for a shell, without secrets and with one seed', () => {
  expect(replay(['verify', '--adapter', './my queue.mjs?a=1&token=abc', '--timeout', '2s'], 7)).toBe(
    "jobbench verify --adapter './my queue.mjs?a=1&token=***' --timeout 2s --seed 7",
  );
  expect(replay(['verify', '--seed=3'], 3)).toBe('jobbench verify --seed=3');
});

test('a level that took longer than it promises is told so', () => {
  expect([tooSlow('a', 'quick', 60_000), tooSlow('a', 'full', 600_000)]).toEqual([undefined, undefined]);
  expect(tooSlow('a', 'quick', 61_000)).toMatch(/^a took 61 s: the quick level is made for 60 s/);
  expect(tooSlow('a', 'full', 601_000)).toMatch(/^a took 601 s: the full level is made for 600 s/);
});

const proof: Proof = {
  adapter: {
    ...{ name: 'a', label: 'a?b=1', options: { b: 1, c: 2 }, versions: { x: '1.0.0' } },
    effective: { server: '7.0.15' },
    traits: { delivery: 'at-least-once', durability: 'process-crash', topology: 'shared' },
  },
  ...{ level: 'quick', seed: 1, date: '2026-01-01T00:00:00.000Z', jobbench: '0.1.0' },
  machine: { os: 'Linux', kernel: '6', cpu: 'c', cores: 2, node: 'v20' },
  findings: [],
};
const finding = { name: 'n', violations: [], facts: [], figures: {}, ms: 1 };

describe('a proof', () => {
  it('is one for the same options in whatever order, and for no other version, option or machine', () => {
    expect(sameSubject(proof, { ...proof, adapter: { ...proof.adapter, options: { c: 2, b: 1 } } })).toBe(true);
    expect(sameSubject(proof, { ...proof, jobbench: '0.2.0' })).toBe(false);
    expect(sameSubject(proof, { ...proof, adapter: { ...proof.adapter, effective: { server: '7.2.0' } } })).toBe(false);
    expect(sameSubject(proof, { ...proof, adapter: { ...proof.adapter, options: { b: 2, c: 2 } } })).toBe(false);
    expect(sameSubject(proof, { ...proof, adapter: { ...proof.adapter, versions: { x: '1.0.1' } } })).toBe(false);
    expect(sameSubject(proof, { ...proof, adapter: { ...proof.adapter, source: 'sha256:0' } })).toBe(false);
    expect(sameSubject(proof, { ...proof, machine: { ...proof.machine, node: 'v22' } })).toBe(false);
  });
  it('is looked for in results/ and beside the result', () => {
    expect(proofsPath(undefined)).toBe('results/promises.json');
    expect([proofsPath('here'), proofsPath('here/p.json')]).toEqual(['here/promises.json', 'here/p.json']);
    expect(proofPlaces('here/r.json')).toEqual(['results/promises.json', 'here/promises.json']);
    expect(proofPlaces('results/r.json')).toEqual(['results/promises.json']);
  });
  it('stands for a trait when all about it was proved, and for none when anything was violated', () => {
    const delivery = { ...finding, about: 'delivery', status: 'proved' } as const;
    const durability = { ...finding, about: 'durability', status: 'proved' } as const;
    const of = (...findings: Proof['findings']) => provedBy({ findings });
    expect(of(delivery, durability)).toEqual(['delivery', 'durability']);
    expect(of(delivery, { ...durability, status: 'not claimed' })).toEqual(['delivery']);
    expect(of(delivery, { ...delivery, status: 'not tested' })).toEqual([]);
    expect(of(delivery, { ...finding, status: 'violated' })).toEqual([]);
  });
  it('is shown with what was counted, and nothing of a file can reach the terminal', () => {
    const facts = ['3 kills: lost 0\u001b[2J'];
    const text = renderMatrix([{ ...proof, findings: [{ ...finding, status: 'proved', facts }] }]);
    expect(text).toContain('  proved       n\n                 3 kills: lost 0\n');
    expect(text).toContain('1 proved');
    expect(text).not.toContain('\u001b');
  });
});

test('the document names the code of what was thrown on the way, and tells a bug from a broken promise', () => {
  const violated = { ...finding, status: 'violated' as const, violations: ['v'] };
  const { failures } = verificationOf([{ ...proof, findings: [{ ...violated, code: 'TIMEOUT' }, violated] }], []);
  expect(failures.map(({ adapter, code }) => [adapter, code])).toEqual([
    ['a?b=1', 'TIMEOUT'],
    ['a?b=1', 'VIOLATED'],
  ]);
  expect(verificationOf([], [], new TypeError('x is no function')).error?.code).toBe('INTERNAL');
});
