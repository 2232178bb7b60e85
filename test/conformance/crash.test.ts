import { afterAll, describe, expect, it } from 'vitest';
import { ifStruck } from '../../src/conformance/struck.js';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';
import { finds, noDriver, noServer, untraced } from '../support/findings.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const SQLITE = noDriver !== undefined;
const REDIS = noServer !== undefined;
const UNTRACED = SQLITE || untraced;
const UNFLUSHED = /^accepted \d+ of 40 jobs that came one by one before what was written for them had been flushed$/;
const UNFLUSHED_AT_ONCE = /^accepted 33 of 36 jobs that came 12 at once before /;
const UNFLUSHED_IN_BULK = /^accepted 36 of 36 jobs that came 12 in a bulk call before /;

// Those whose server is killed are in crashserver.test.ts, random histories in histories.test.ts.
describe('the cases that kill find', () => {
  finds(
    [
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
      ['flushesburstslate', 'was flushed to the disk', UNFLUSHED_AT_ONCE, UNTRACED],
      ['flushesbulklate', 'was flushed to the disk', UNFLUSHED_IN_BULK, UNTRACED],
      ['machineloses', 'a machine that dies', /^lost [12] of 40 accepted jobs/, false],
    ],
    scratch.dir,
  );
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
    ['redis', { persistence: 'aof-always' }, REDIS || untraced],
    ['redis-list', { persistence: 'aof-always' }, REDIS || untraced],
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
