import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

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

/** Sessions that do not tell what they hold. */
function silent(connect: Awaited<ReturnType<typeof contestant>>['adapter']['connect']): typeof connect {
  return async (address, options) => {
    const { depth: _, ...session } = await connect(address, options);
    return session;
  };
}
