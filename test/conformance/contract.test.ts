import { afterAll, describe, expect, it } from 'vitest';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder, traitsOf } from '../support/contestants.js';
import { adapterNames, effectiveOf, QUICK, SUITE, verifyCase, withQueue } from '../support/dist.js';
import { noDriver } from '../support/findings.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

// What our own adapters keep is tried by verifyall.test.ts, through the program: these cases and those that kill.
for (const name of adapterNames()) {
  const chosen = await contestant(name);
  const reason = await missing(chosen);
  it.skipIf(reason !== undefined || traitsOf(chosen).topology !== 'shared')(
    `${reason ?? name}: what is in force is told alike by whoever enqueues and whoever works, as proofs are looked up by it`,
    async () => {
      const context = contextFor(chosen, scratch.dir);
      const told = await withQueue(context, async (direct) => {
        const running = direct.start(1);
        const [enqueuing, working] = [await direct.producer.effective?.(), await direct.worker.effective?.()];
        await running.stop();
        return { enqueuing, working, after: await direct.worker.effective?.() };
      });
      const verified = await effectiveOf(context);
      expect(told).toEqual({ enqueuing: verified, working: verified, after: verified });
    },
  );
}

/** Only where one session enqueues and works: elsewhere `fuse` changes nothing, and verifyall.test.ts tries what is shipped. */
describe.skipIf(noDriver !== undefined)('sqlite?fuse=auto, which is off as shipped, keeps what it may break', () => {
  it.each(['first in, first out', 'enqueues in bursts while it works'])('%s', async (words) => {
    const chosen = await contestant('sqlite', { fuse: 'auto', lease: '1s', busyTimeout: '1s' });
    const verdict = await verifyCase(caseNamed(SUITE, words), contextFor(chosen, scratch.dir));
    expect(verdict).toMatchObject({ status: 'kept', violations: [] });
  });
});

describe('the contract finds', () => {
  it.each([
    ['drops', 'completes exactly once', /^lost \d+ of 2,000 accepted jobs$/],
    ['repeats', 'completes exactly once', /^repeated 1 of 2,000 jobs/],
    ['neversettles', 'completes exactly once', /^never reported the outcome of [\d,]+ of [\d,]+ jobs$/],
    ['settlestwice', 'completes exactly once', /^reported the outcome of \d+ of 2,000 jobs more than once$/],
    ['early', 'before the time it was scheduled', /^started \d+ of \d+ jobs early, by up to [45]\.\d ms$/],
    ['overlaps', 'no more jobs run at once', /^ran 4 jobs at once, although 3 were asked for$/],
    ['ignores', 'refused with UNSUPPORTED', /^enqueue with priorities: accepted, but the traits promise UNSUPPORTED$/],
    [
      'ignoresinbulk',
      'refused with UNSUPPORTED',
      /^enqueueMany with priorities: accepted, but the traits promise UNSUPPORTED$/,
    ],
    ['lingers', 'stop finishes what runs', /^took 1 more after it was told to stop$/],
    ['abandons', 'stop finishes what runs', /^was still running \d jobs when run\(\) resolved$/],
    ['miscounts', 'attempts are numbered', /^30 of 30 jobs that succeed on attempt 3 did not end as completed/],
  ])('what is wrong with one that %s', async (name, caseName, said) => {
    const one = caseNamed(QUICK, caseName);
    // A fault of timing needs jobs in flight at the right moment; a machine that stands still for 0.1 s may end them all.
    let verdict = await verifyCase(one, contextFor(await contestant(name), scratch.dir));
    for (let again = 0; again < 2 && verdict.status !== 'broken'; again++) {
      verdict = await verifyCase(one, contextFor(await contestant(name), scratch.dir));
    }
    expect(verdict.status).toBe('broken');
    expect(verdict.violations).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  });

  it.each(QUICK.map((one) => [one.name, one] as const))(
    'nothing in the same adapter without a fault: %s',
    async (_, one) => {
      const verdict = await verifyCase(one, contextFor(await contestant('sound'), scratch.dir));
      expect(verdict.violations).toEqual([]);
    },
  );
});
