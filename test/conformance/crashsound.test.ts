import { afterAll, describe, expect, it } from 'vitest';
import { contextFor } from '../support/conformance.js';
import { contestant, scratchFolder } from '../support/contestants.js';
import { SUITE, verifyCase } from '../support/dist.js';
import { noDriver } from '../support/findings.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

describe.skipIf(noDriver !== undefined)(noDriver ?? 'in the same adapter without a fault they find nothing', () => {
  const cases = SUITE.filter(({ name }) =>
    /killed|asked to stop|frozen|every process|full store|clock|random/.test(name),
  );
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const verdict = await verifyCase(one, contextFor(await contestant('soundshared'), scratch.dir));
    expect(verdict).toMatchObject({ violations: [] });
  });
});
