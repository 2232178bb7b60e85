import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/conformance/case.js';
import { contestant, missing, scratchFolder, traitsOf } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const doomed = SUITE.find(({ name }) => name.startsWith('a job that ends its worker'));

async function verdictOf(adapter: string, options: Record<string, unknown>) {
  const chosen = await contestant(adapter, options);
  const context: Context = {
    ...{ adapter: chosen.adapter, ref: chosen.ref, traits: traitsOf(chosen), timeoutMs: 20_000 },
    ...{ runId: 'doomed', scratchRoot: scratch.dir, spinsPerMs: 100_000, seed: 1, allowRemote: false },
    signal: new AbortController().signal,
  };
  if (doomed === undefined) throw new Error('the case is not in the suite');
  return verifyCase(doomed, context);
}

type Row = readonly [adapter: string, what: string, options: Record<string, unknown>, deaths: number];
const rows: readonly Row[] = [
  ['redis', 'is given up after two', { lockDuration: 300, stalledInterval: 300 }, 2],
  ['sqlite', 'is given up after its redeliveries, and takes no neighbours along', { lease: 300, redeliveries: 2 }, 3],
  ['sqlite', 'is lost with its worker at most once', { delivery: 'at-most-once' }, 1],
];
for (const [name, what, options, deaths] of rows) {
  const lacking = await missing(await contestant(name));
  it.skipIf(lacking !== undefined)(`${lacking ?? name}: a job that ends its worker ${what}`, async () => {
    const verdict = await verdictOf(name, options);
    expect(verdict).toMatchObject({ status: 'kept', violations: [], figures: { deaths } });
  });
}

describe.skipIf((await missing(await contestant('sqlite'))) !== undefined)('the case', () => {
  it('finds a queue that gives such a job out for ever', async () => {
    const { violations } = await verdictOf('sqlite', { lease: 100, redeliveries: 1000 });
    expect(violations).toContain('gave a job out again after it had ended 12 workers');
  });

  it('is left out where it would take minutes at the quick level', async () => {
    expect(await verdictOf('sqlite', {})).toMatchObject({
      status: 'not tested',
      notTested: expect.stringMatching(/--level full/),
    });
  });
});
