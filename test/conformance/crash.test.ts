import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ifStruck } from '../../src/conformance/struck.js';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { playHistory, SUITE, verifyCase } from '../support/dist.js';
import { strace } from '../support/strace.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const noDriver = await missing(await contestant('sqlite'));
const noServer = await missing(await contestant('redis'));
const SQLITE = noDriver !== undefined;
const REDIS = noServer !== undefined;

/** What never ends is waited for in vain, once for each of two locks. */
const PATIENCE_MS: Readonly<Record<string, number>> = { hangs: 3_000 };
/** Four kinds of weather, each until nothing moves any more. */
const LIMIT = { timeout: 180_000 };
/** A lock is held for longer than an adapter says it waits. */
const LIST = { lease: '1s', reapInterval: '500ms', commandTimeout: '400ms' };
const SHORT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  hangs: { busyTimeout: 500 },
  waitsforever: LIST,
  waitsforserver: LIST,
  staysaway: LIST,
};

const UNTRACED = SQLITE || strace === undefined;
const UNFLUSHED = /^accepted \d+ of 40 jobs before what was written for them had been flushed$/;

describe('the cases that kill find', () => {
  const rows = [
    ['ackfirst', 'a worker that is killed', /^lost \d+ of \d+ accepted jobs, and promises at least once$/, SQLITE],
    ['neverlapses', 'a worker that is killed', /^lost \d+ of \d+ accepted jobs/, SQLITE],
    ['late', 'a worker that is killed', /^started a killed worker's job again after [\d.]+ s, although/, SQLITE],
    ['acceptsfirst', 'a producer that is killed', /^lost [\d,]+ of [\d,]+ accepted jobs/, SQLITE],
    ['losesonstop', 'asked to stop under load', /^lost \d+ of \d+ accepted jobs/, SQLITE],
    ['repeatsonrestart', 'asked to stop under load', /^repeated \d+ of \d+ jobs, that no fault had touched$/, SQLITE],
    ['zombie', 'frozen past its lease', /^took \d of 3 jobs for done by the ack of a worker/, SQLITE],
    ['hangs', 'a second writer', /^locked for 2\.0 s: 10 of 10 enqueues had not ended/, SQLITE],
    ['acceptsfewfirst', 'a producer that is killed', /^lost \d of [\d,]+ accepted jobs/, SQLITE],
    ['swallowsfull', 'a full store', /^lost \d+ of [\d,]+ accepted jobs/, SQLITE],
    ['hangsfull', 'a full store', /^an enqueue had not ended after 1\.0 s where there was no room/, SQLITE],
    ['failsfull', 'a full store', /^could not connect to a full store: the table could not be looked at$/, SQLITE],
    ['diesfull', 'a full store', /the worker found no room/, SQLITE],
    ['staysfull', 'a full store', /^took no more by the same session when there was room again$/, SQLITE],
    ['evicts', 'may evict jobs', /^would use a server that evicts/, SQLITE],
    ['unflushed', 'was flushed to the disk', UNFLUSHED, UNTRACED],
    ['flushesafter', 'was flushed to the disk', UNFLUSHED, UNTRACED],
    ['flushesunawaited', 'was flushed to the disk', UNFLUSHED, UNTRACED],
    ['flushesother', 'was flushed to the disk', UNFLUSHED, UNTRACED],
    ['forgetful', 'a kill of the server', /^lost \d+ of \d+ accepted jobs/, REDIS],
    ['waitsforever', 'on a broken network', /^a black hole: [1-5] of 5 enqueues had not ended after 1\.0 s$/, REDIS],
    [
      'staysaway',
      'on a broken network',
      /^connections reset: lost \d+ of \d+ accepted jobs, and promises at least once$/,
      REDIS,
    ],
    ['repeatsonrestart', 'random histories', /: repeated \d+ of \d+ jobs, that no fault had touched$/, SQLITE],
    ['putsback', 'random histories', /: repeated \d+ of \d+ jobs, that no fault had touched$/, SQLITE],
    [
      'waitsforserver',
      'workers go on by themselves',
      /^[1-5] of 5 enqueues had not ended 1\.0 s after the server/,
      REDIS,
    ],
    ['staysaway', 'workers go on by themselves', /^its workers did not go on after the server was back$/, REDIS],
    ['machineloses', 'a machine that dies', /^lost [12] of 40 accepted jobs/, false],
  ] as const;
  for (const [name, caseName, said, absent] of rows) {
    it.skipIf(absent)(`what is wrong with one that ${name}: ${caseName}`, LIMIT, async () => {
      const one = caseNamed(SUITE, caseName);
      const broken = await contestant(name, SHORT[name]);
      const context = (seed: number) =>
        contextFor(broken, scratch.dir, { seed, timeoutMs: PATIENCE_MS[name] ?? 8_000, hungMs: 1_000 });
      // A fault of timing needs a job in flight at the right moment: another seed, other moments.
      let verdict = await verifyCase(one, context(1));
      const found = () => verdict.violations.some((text) => said.test(text));
      for (let seed = 2; seed < 7 && !found(); seed++) verdict = await verifyCase(one, context(seed));
      expect(verdict.violations).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
      expect(readdirSync(scratch.dir)).toEqual([]);
    });
  }
});

describe.skipIf(SQLITE)(noDriver ?? 'in the same adapter without a fault they find nothing', () => {
  const cases = SUITE.filter(({ name }) =>
    /killed|asked to stop|frozen|every process|full store|clock|random/.test(name),
  );
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const verdict = await verifyCase(one, contextFor(await contestant('soundshared'), scratch.dir));
    expect(verdict).toMatchObject({ violations: [] });
  });
});

it.skipIf(SQLITE)('what nobody saw is not proved: acks of a frozen worker where an adapter tells nothing', async () => {
  const context = contextFor(await contestant('mute'), scratch.dir);
  const verdict = await verifyCase(caseNamed(SUITE, 'frozen past its lease'), context);
  const notTested = 'acks were not seen: the adapter does not tell what it holds';
  expect(verdict).toMatchObject({ status: 'not tested', violations: [], notTested });
});

it('a kill that was never done is not proved: of machines that nobody finds', async () => {
  const context = contextFor(await contestant('unseenmachines'), scratch.dir);
  const verdict = await verifyCase(caseNamed(SUITE, 'a machine that dies'), context);
  const notTested = expect.stringMatching(/^no process was found .* could be killed$/);
  expect(verdict).toMatchObject({ status: 'not tested', violations: [], notTested });
});

it.each([
  [{ faults: 2, struck: 1 }, undefined],
  [{ faults: 2, struck: 0 }, 'no job was in hand when the fault came'],
  [{ faults: 0 }, 'no harm was done'],
])('a fault is no proof unless it struck: %j', (figures, notTested) => {
  expect(ifStruck({ violations: [], figures }).notTested).toBe(notTested);
  expect(ifStruck({ violations: ['lost 1'], figures }).notTested).toBeUndefined();
});

it('a worker whose clock is wrong says nothing of the delivery: any repeat is excused', () => {
  expect(caseNamed(SUITE, 'clock is an hour off').about).toBeUndefined();
});

it('where dead jobs are not kept nobody claims that they are visible', async () => {
  const verdict = await verifyCase(
    caseNamed(SUITE, 'among the dead'),
    contextFor(await contestant('memory'), scratch.dir),
  );
  expect(verdict.status).toBe('not promised');
});

describe('what is flushed before it is accepted is seen to be', () => {
  const rows = [
    ['sqlite', { synchronous: 'full' }, UNTRACED],
    ['redis', { persistence: 'aof-always' }, REDIS || strace === undefined],
    ['redis-list', { persistence: 'aof-always' }, REDIS || strace === undefined],
  ] as const;
  for (const [name, options, absent] of rows) {
    it.skipIf(absent)(absent ? `${name} (no strace, or not installed)` : name, async () => {
      const one = caseNamed(SUITE, 'was flushed to the disk');
      const verdict = await verifyCase(one, contextFor(await contestant(name, options), scratch.dir));
      // Who may start a process under strace may yet be forbidden to attach to a server, which is told as such.
      if (!/may not attach/.test(verdict.notTested ?? '')) expect(verdict).toMatchObject({ status: 'kept' });
    });
  }
});

it('random histories of the reference adapter break nothing: 20 seeds, a thousand under npm run prove', async () => {
  const memory = await contestant('memory');
  for (let seed = 1; seed <= 20; seed++) {
    expect([seed, (await playHistory(contextFor(memory, scratch.dir), seed)).violations]).toEqual([seed, []]);
  }
});
