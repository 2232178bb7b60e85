import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { historyOf } from '../../src/conformance/steps.js';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';
import { stubTraits } from '../support/stubs.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const SQLITE = (await missing(await contestant('sqlite'))) !== undefined;
const LINUX = process.platform === 'linux';

/** Tries one promise of an adapter of test/support/broken. */
async function tried(words: string, name: string, options = {}, more = {}) {
  return verifyCase(caseNamed(SUITE, words), contextFor(await contestant(name, options), scratch.dir, more));
}

describe('nothing is left behind: found are', () => {
  afterAll(() => {
    const ours = new RegExp(`^left-(direct\\d+\\.lock|${process.pid})$`);
    for (const name of readdirSync(tmpdir()).filter((one) => ours.test(one))) rmSync(join(tmpdir(), name));
  });
  it.each([
    ['file', /^left 1 files outside its folder, as .*left-direct\d+\.lock$/, true],
    ['note', /^left 1 files outside its folder, as .*left-\d+$/, true],
    ['process', /^left 1 processes behind$/, LINUX],
    ['socket', /^left 1 sockets behind$/, LINUX],
    ['strays', /^made 1 keys without its prefix, as a lock$/, true],
    ['keys', /^left 2 keys on the server, as a list$/, true],
    ['job', /^5 jobs wait, but it held 5, and 6 after a connect$/, true],
  ] as const)('%s', async (leaves, said, possible) => {
    if (!possible) return;
    const { violations } = await tried('nothing is left behind', 'leaves', { leaves });
    expect(violations).toEqual([expect.stringMatching(said)]);
  });
  it.each(['nothing is left behind', 'before the time it was scheduled'])(
    'a part is not tested where nobody tells what is held: %s',
    async (words) => {
      const found = await contestant('sound');
      const adapter = { ...found.adapter, connect: silent(found.adapter.connect) };
      const verdict = await verifyCase(caseNamed(SUITE, words), contextFor({ ...found, adapter }, scratch.dir));
      expect(verdict).toMatchObject({ status: 'not tested', violations: [] });
    },
  );
});

it.skipIf(SQLITE).each([
  ['acceptsfirst', 'a kill of every process at once', /^lost \d+ of \d+ accepted jobs/],
  ['ownkeys', 'one takes effect', /^executed more than one job for \d+ of 18 keys, 2 for one of them$/],
  ['evenly', 'queues with weights', /^\d+\.\d % for a weight of 1 of 7, which is \d+\.\d % off its share$/],
  ['expires', 'clock is an hour off', /^lost \d+ of \d+ accepted jobs/],
] as const)('what is wrong with one that %s: %s', async (name, words, said) => {
  const { violations } = await tried(words, name);
  expect(violations).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
});

it.skipIf(SQLITE).each([
  ['losesriders', /^lost \d+ of 312 accepted jobs$/],
  ['acceptsriders', /^lost \d+ of \d+ accepted jobs$/],
  ['refusesriders', /^refused 312 of 312 jobs, although nothing failed$/],
  // One burst of 12 that is waited for, and the one that it is stopped in.
  ['hangsriders', /^24 of 24 enqueues had not ended 2\.5 s after the call$/],
] as const)('what is wrong with one that %s: seen where one session enqueues and works', async (name, said) => {
  const patience = { timeoutMs: 3_000, hungMs: 2_500 };
  const { violations } = await tried('enqueues in bursts', name, { busyTimeout: 300 }, patience);
  expect(violations).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
});

it.skipIf(SQLITE)('one that keeps its promises loses nothing where one session enqueues and works', async () => {
  const found = await tried('enqueues in bursts', 'soundshared', { busyTimeout: 300 });
  expect(found).toMatchObject({ status: 'kept', violations: [] });
  expect(found.facts).toHaveLength(2);
});

describe('random histories', () => {
  const RANDOM = 'random histories';

  it('kill or freeze somebody where there are processes', () => {
    const traits = { ...stubTraits, topology: 'shared', retries: true, schedules: true } as const;
    const seeds = Array.from({ length: 500 }, (_, seed) => historyOf(seed, traits));
    const harmless = seeds.filter((commands) => !commands.some((one) => one.do === 'kill' || one.do === 'freeze'));
    expect(harmless).toEqual([]);
  });

  it.skipIf(SQLITE)('say how many jobs were struck, and prove nothing without', async () => {
    const { status, figures = {}, facts } = await tried(RANDOM, 'soundshared');
    expect({ status, facts }).toEqual({
      status: 'kept',
      facts: [expect.stringMatching(/^3 histories of \d+ jobs, of which \d+ kills and freezes struck \d+: lost 0; /)],
    });
    expect(figures.struck).toBeGreaterThan(0);
  });

  it('find an outcome that is told twice, and say which step is enough', async () => {
    const { violations } = await tried(RANDOM, 'settlestwice');
    expect(violations[0]).toMatch(
      /^history 1 of 8, the first of --seed 1: reported the outcome of 1 of \d+ jobs more than/,
    );
    expect(violations[1]).toMatch(
      /: already with 1 of its \d+ steps, enqueue \d: reported the outcome of 1 of \d jobs/,
    );
  });

  it('can be had again one by one: by the seed that is told', async () => {
    const { violations } = await tried(RANDOM, 'repeats', { every: 40 });
    const [, nth, seed, said] = /^history (\d) of 8, the first of --seed (\d+): (.*)$/.exec(violations[0] ?? '') ?? [];
    expect([Number(nth) > 1, said]).toEqual([true, expect.stringMatching(/^repeated 1 of \d+ jobs/)]);
    const again = await tried(RANDOM, 'repeats', { every: 40 }, { seed: Number(seed) });
    expect(again.violations[0]).toBe(`history 1 of 8, the first of --seed ${seed}: ${said}`);
  });
});

/** Sessions that do not tell what they hold. */
function silent(connect: Awaited<ReturnType<typeof contestant>>['adapter']['connect']): typeof connect {
  return async (address, options) => {
    const { depth: _, ...session } = await connect(address, options);
    return session;
  };
}
