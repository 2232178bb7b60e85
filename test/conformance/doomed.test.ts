import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { caseNamed, contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { loadAdapter, SUITE, verifyCase } from '../support/dist.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const doomed = caseNamed(SUITE, 'a job that ends its worker');

async function verdictOf(adapter: string, options: Record<string, unknown>) {
  const chosen = await contestant(adapter, options);
  return verifyCase(doomed, contextFor(chosen, scratch.dir));
}

it('is tried on an adapter from outside that inherits what it can do', async () => {
  const file = fileURLToPath(new URL('../../examples/my-queue.js', import.meta.url));
  const loaded = await loadAdapter(file, '.');
  if (loaded === undefined) throw new Error(`${file} is gone`);
  const example = { label: 'my-queue', adapter: loaded.adapter, ref: { ...loaded.ref, options: {} } };
  const verdict = await verifyCase(doomed, contextFor(example, scratch.dir));
  expect(verdict).toMatchObject({ status: 'kept', violations: [], figures: { deaths: 1, stuck: 1 } });
});

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
    expect(verdict).toMatchObject({ status: 'kept', violations: [], figures: { deaths, stuck: deaths } });
  });
}

describe.skipIf((await missing(await contestant('sqlite'))) !== undefined)('the case', () => {
  it('finds a queue that gives such a job out for ever', async () => {
    const { violations } = await verdictOf('sqlite', { lease: 100, redeliveries: 1000 });
    const said = 'gave it out again after it had ended 12 workers';
    const both = [`one that ends its process: ${said}`, `one that computes for ever, whose worker is killed: ${said}`];
    expect(violations).toEqual(expect.arrayContaining(both));
  });

  it('is left out where it would take minutes at the quick level', async () => {
    expect(await verdictOf('sqlite', {})).toMatchObject({
      status: 'not tested',
      notTested: expect.stringMatching(/--level full/),
    });
  });
});
