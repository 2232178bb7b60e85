import { afterAll, describe, expect, it } from 'vitest';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, scratchFolder } from '../support/contestants.js';
import { QUICK, verifyCase } from '../support/dist.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

/** One broken adapter that promises all a queue in memory can; with `fault: none` it keeps it. */
async function contextWith(fault: string, timeoutMs: number) {
  return contextFor(await contestant('exacting', { fault }), scratch.dir, { timeoutMs });
}

/** Of each wait, in ms: where something never comes it is waited for in vain, and elsewhere a busy machine may be late. */
const IN_VAIN_MS = 3_000;
const PATIENT_MS = 20_000;

/** @returns a test of a fault, the case that must find it, and what the case must say */
const finds = (timeoutMs: number) => async (_: string, fault: string, name: string, said: RegExp) => {
  const verdict = await verifyCase(caseNamed(QUICK, name), await contextWith(fault, timeoutMs));
  expect(verdict.status).toBe('broken');
  expect(verdict.violations).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
};

describe('the contract finds what is wrong with one that', () => {
  // Beside each other, because they wait for what never comes, some of them several times.
  it.concurrent.each([
    ['drops 1 in 1000', 'dropsathousandth', 'completes exactly once', /^lost 4 of 4,000 accepted jobs$/],
    ['has one timer for all', 'masks', 'no job starts before', /waiting for 72 scheduled jobs to settle/],
    ['never frees a key', 'keepskeys', 'one takes effect', /waiting for keys to be free again/],
    ['stops at a long error', 'chokes', 'ends badly', /waiting for 44 jobs to settle, 4 of which end badly$/],
    ['never answers when it is closed', 'hangsclosed', 'closed session', /^enqueue on a closed session: no answer$/],
    [
      'waits for a job that never ends',
      'blocks',
      'ends badly',
      /waiting for 40 jobs to settle beside one that never ends$/,
    ],
  ] as const)('%s', finds(IN_VAIN_MS));

  it.each([
    [
      'is a millisecond early',
      'amillisecondearly',
      'no job starts before',
      /^started \d+ of 76 jobs early, by up to (0\.\d|1\.0) ms$/,
    ],
    [
      'waits with a 32-bit number',
      'overflows',
      'no job starts before',
      /^started \d+ of 76 jobs early, by up to 2\d{6} days$/,
    ],
    ['forgets what is far', 'forgetsfar', 'no job starts before', /^holds 0 of 4 jobs that are due in weeks or later$/],
    ['cuts seconds', 'cutsseconds', 'no job starts before', /^started \d\d of 76 jobs early, by up to \d+\.\d ms$/],
    [
      'reverses calls that come at once',
      'reversesbursts',
      'first in, first out',
      /^started \d+ of \d+ jobs after one that had been enqueued later$/,
    ],
    [
      'reverses a bulk call',
      'reversesbulk',
      'first in, first out',
      /^started \d+ of \d+ jobs after one that had been enqueued later$/,
    ],
    [
      'swaps neighbours',
      'swaps',
      'first in, first out',
      /^started \d+ of \d+ jobs after one that had been enqueued later$/,
    ],
    [
      'prefers what is least urgent',
      'inverted',
      'most urgent',
      /^started \d+ of 120 jobs although a more urgent one waited$/,
    ],
    ['knows no priorities', 'starves', 'most urgent', /^let 1\d\d of 200 less urgent jobs start before an urgent one/],
    [
      'tries once more than asked',
      'onemore',
      'attempts are numbered',
      /^30 of 30 jobs that always fail were not started 3 times$/,
    ],
    [
      'tries again at once',
      'impatient',
      'waits as long as it asks',
      /^tried again too early 36 of 36 times, by up to [12]?\d\d\.\d ms$/,
    ],
    ['doubles nothing', 'linear', 'waits as long as it asks', /^tried again too early \d+ of 36 times/],
    [
      'looks whether a key is there, then takes it',
      'races',
      'one takes effect',
      /^executed more than one job for \d+ of 18 keys, \d+ for one of them$/,
    ],
    ['cuts payloads at 64 KiB', 'truncates', 'payloads arrive', /^changed \d+ of \d+ payloads: 64 KiB and one/],
    ['strips U+0000', 'strips', 'payloads arrive', /^changed \d of \d+ payloads: U\+0000/],
    ['mends lone surrogates', 'mangles', 'payloads arrive', /^changed \d of \d+ payloads: lone surrogates/],
    ['renames queues', 'renames', 'payloads arrive', /^gave \d+ of \d+ jobs the name of another queue$/],
    ['takes what is too large', 'takeslarge', 'largest size', /^enqueue of one byte too many: accepted, but/],
    ['takes a part of a batch', 'takesapart', 'largest size', /^holds 2 jobs after 1 was accepted and others refused$/],
    [
      'has one list for all queues',
      'shares',
      'do not see each other',
      /^executed \d+ of 600 jobs in a queue that they were not/,
    ],
    ['keeps no dead jobs', 'buries', 'ends badly', /^shows 0 dead jobs, not 4$/],
    ['shows nobody what it gave up', 'buries', 'visible among the dead', /^0 of 2 jobs that were given up are shown$/],
    ['accepts jobs when it is closed', 'acceptsclosed', 'closed session', /^enqueue on a closed session: accepted$/],
  ] as const)('%s', finds(PATIENT_MS));

  it.each(QUICK.map((one) => [one.name, one] as const))('nothing without a fault: %s', async (_, one) => {
    const verdict = await verifyCase(one, await contextWith('none', PATIENT_MS));
    expect(verdict.violations).toEqual([]);
  });
});
