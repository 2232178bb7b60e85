import { afterAll, describe, expect, it } from 'vitest';
import { settleMiscounts } from '../../src/conformance/found.js';
import type { Miscount } from '../../src/conformance/miscounts.js';
import { contextFor } from '../support/conformance.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyAll } from '../support/dist.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const noDriver = await missing(await contestant('sqlite'));

const ACCOUNTS = 'every accepted job completes exactly once when nothing fails';

/** What a user is told of an adapter: the violated promises, and why others were not tried. */
async function told(name: string, options: Readonly<Record<string, unknown>>, only = /./) {
  const context = contextFor(await contestant(name, options), scratch.dir, { timeoutMs: 2_000 });
  const cases = SUITE.filter((one) => one.name === ACCOUNTS || only.test(one.name));
  const findings = await verifyAll(cases, context, () => undefined);
  const whys = findings.flatMap(({ status, why = '' }) => (status === 'not tested' ? [why] : []));
  return { violated: findings.filter(({ status }) => status === 'violated').map((one) => one.name), whys };
}

describe('that jobs are lost where nothing fails is told once', () => {
  const LIMIT = { timeout: 120_000 };

  it('by the case for it; others that cannot be judged then say so', LIMIT, async () => {
    const { violated, whys } = await told('sound', { loses: 20 });
    expect(violated).toEqual([ACCOUNTS]);
    expect(whys).not.toEqual([]);
    for (const why of whys) expect(why).toMatch(/^it loses jobs without a fault, so nobody can tell: /);
  });

  it('and what else is wrong is told by the case for that', LIMIT, async () => {
    const { violated } = await told('early', { loses: 20 }, /scheduled for|two queues/);
    expect(violated).toEqual([ACCOUNTS, 'no job starts before the time it was scheduled for']);
  });

  it.skipIf(noDriver !== undefined)('also where processes are killed', LIMIT, async () => {
    const { violated, whys } = await told('soundshared', { loses: 20 }, /worker that is killed|asked to stop|random/);
    expect(violated).toEqual([ACCOUNTS]);
    expect(whys).toHaveLength(3);
  });
});

describe('jobs that do not add up', () => {
  const lost: Miscount = { kind: 'lost', said: 'lost 1 of 9' };
  const twice: Miscount = { kind: 'repeated', said: 'repeated 1 of 9' };
  const settled = (known: readonly Miscount['kind'][], violations: readonly string[], ...miscounts: Miscount[]) => {
    const found = settleMiscounts({ violations, miscounts }, new Set(known));
    return [found.violations, found.notTested];
  };
  it('are a violation, unless their kind was told already; then the case is not tested, or violated by its own', () => {
    expect(settled([], [], lost, twice)).toEqual([['lost 1 of 9', 'repeated 1 of 9'], undefined]);
    expect(settled(['lost'], [], lost, twice)).toEqual([['repeated 1 of 9'], undefined]);
    const why = 'it loses jobs without a fault, so nobody can tell: lost 1 of 9';
    expect(settled(['lost'], [], lost)).toEqual([[], why]);
    expect(settled(['lost', 'repeated'], ['early'], lost, twice)).toEqual([['early'], undefined]);
    expect(settled(['lost'], [])).toEqual([[], undefined]);
  });
});
