import { expect, it } from 'vitest';
import type { Proof } from '../../src/core/promises.js';
import { promisesMarkdown } from '../../src/report/promises/markdown.js';
import { stubTraits } from '../support/stubs.js';

const proof: Proof = {
  adapter: { name: 'a', label: 'a?x=1', options: {}, traits: { ...stubTraits }, versions: {}, effective: {} },
  level: 'quick',
  seed: 1,
  date: '2026-01-01T00:00:00.000Z',
  jobbench: '0.1.0',
  machine: { os: 'os', kernel: 'kernel', cpu: 'cpu', cores: 2, node: 'v20' },
  findings: [{ name: 'it works', status: 'proved', violations: [], facts: [], figures: {}, ms: 40_000 }],
};

it('the page of promises says at which level each adapter was tried, and how long that took', () => {
  const lines = promisesMarkdown([{ ...proof, ms: 41_234 }, proof]).split('\n');
  const rows = lines.filter((line) => /took|`a\?x=1`/.test(line));
  expect(rows.map((row) => row.split(' | ').at(-1))).toEqual(['took |', '41.2 s |', '– |']);
  expect(rows[1]).toContain('| `a?x=1` | quick |');
});
