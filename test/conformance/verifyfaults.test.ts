import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { OwnServer } from '../../src/core/adapter.js';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';
import { strace } from '../support/strace.js';

const scratch = scratchFolder();
const tools = scratchFolder();
afterAll(() => {
  scratch.remove();
  tools.remove();
});
afterEach(() => vi.unstubAllEnvs());

const noDriver = await missing(await contestant('sqlite'));

describe.skipIf(noDriver !== undefined)(noDriver ?? 'what cannot be tried is said, and blamed on no adapter', () => {
  const flushed = caseNamed(SUITE, 'was flushed to the disk');

  /** As where a process may trace its children alone (Yama) and nobody attaches to what runs already. */
  function onlyChildrenAreTraced(): void {
    const refuses = 'case " $* " in *" -p "*) echo "strace: attach: Operation not permitted" >&2; exit 1;; esac';
    writeFileSync(join(tools.dir, 'strace'), `#!/bin/sh\n${refuses}\nexec ${strace} "$@"\n`);
    chmodSync(join(tools.dir, 'strace'), 0o700);
    vi.stubEnv('PATH', `${tools.dir}:${process.env.PATH}`);
  }

  it.skipIf(strace === undefined)('a server to which strace may not attach', { timeout: 20_000 }, async () => {
    onlyChildrenAreTraced();
    const chosen = await contestant('unflushed');
    const nobody = new Error('nobody stops this server');
    const server: OwnServer = {
      pid: () => process.pid,
      restart: () => Promise.reject(nobody),
      socket: '',
      through: () => ({}),
    };
    const adapter = Object.assign(Object.create(chosen.adapter), { harms: () => ({ server }) });
    const verdict = await verifyCase(flushed, contextFor({ ...chosen, adapter }, scratch.dir));
    expect(verdict).toMatchObject({ status: 'not tested', violations: [] });
    expect(verdict.notTested).toMatch(/may not attach .*Operation not permitted/);
  });

  it('a lock that would have to outlast the patience of users', async () => {
    const patient = await contestant('soundshared', { busyTimeout: 4_000 });
    const verdict = await verifyCase(
      caseNamed(SUITE, 'a second writer'),
      contextFor(patient, scratch.dir, { hungMs: 3_500 }),
    );
    expect(verdict).toMatchObject({ status: 'not tested', violations: [] });
    expect(verdict.notTested).toMatch(/outlasts busyTimeout, 5\.5 s, is not tried/);
    expect(verdict.facts).toEqual([expect.stringMatching(/^locked for 2\.0 s: 10 of 10 enqueues accepted/)]);
  });

  it.each([
    ['a second writer', /^locked for 2\.0 s: [1-9]\d* of 10 enqueues accepted/],
    // Twelve were accepted before.
    ['enqueues in bursts', /^locked for 2\.1 s amid two bursts, .*: (1[3-9]|[23]\d) accepted/],
  ])(
    'an adapter that stands still while it waits for a lock gets it when the other program lets go: %s',
    { timeout: 40_000 },
    async (words, accepted) => {
      // SQLite's own handler stops the process in which the case is tried; nobody there could let go of a lock.
      const still = await contestant('sqlite', { busy: 'sqlite', busyTimeout: 600 });
      const verdict = await verifyCase(caseNamed(SUITE, words), contextFor(still, scratch.dir));
      expect(verdict).toMatchObject({ status: 'kept', violations: [] });
      expect(verdict.facts).toContainEqual(expect.stringMatching(accepted));
    },
  );

  it('an adapter that waits for longer than --timeout says hangs no enqueue', async () => {
    const slow = await contestant('soundshared', { busyTimeout: 2_600 });
    const context = contextFor(slow, scratch.dir, { timeoutMs: 2_000 });
    const verdict = await verifyCase(caseNamed(SUITE, 'a second writer'), context);
    expect(verdict).toMatchObject({ status: 'kept', violations: [] });
  });
});
