import { describe, expect, it } from 'vitest';
import { marksText } from '../../src/cli/verifymarks.js';
import type { Finding, Proof } from '../../src/core/promises.js';
import { resultFixture } from '../fixtures/result.js';

const finding = (about: Finding['about'], status: Finding['status'], why?: string): Finding => ({
  ...{ name: 'n', about, status, violations: [], facts: [], figures: {}, ms: 1 },
  ...(why !== undefined && { why }),
});

function proof(label: string, ...findings: Finding[]): Proof {
  const { cells, host, run } = resultFixture();
  const cell = cells.find(({ adapter }) => adapter.name === 'sqlite');
  if (cell === undefined) throw new Error('the fixture has no SQLite');
  const { jobbench } = run;
  const adapter = { ...cell.adapter, label };
  return { adapter, level: 'quick', seed: 1, date: '2026-01-01T00:00:00Z', jobbench, machine: host, findings };
}

const whole = proof('sqlite', finding('delivery', 'proved'), finding('durability', 'proved'));
const slow = 'jobs of a killed worker may take 91 s to come back: use --level full, or shorter leases';
const half = proof('redis', finding('delivery', 'not tested', slow), finding('durability', 'not claimed'));
const argv = ['verify', '--adapter', 'redis', '--level', 'quick'];
const said = (path: string, ...proofs: Proof[]) => marksText(proofs, path, argv, '/w').join('\n');

describe('the end of verify', () => {
  it('names what runs will mark, and what not, why, and how it would be', () => {
    const text = said('/w/results/promises.json', whole, half);
    expect(text).toContain(
      'Kept in results/promises.json; `jobbench run` marks with ✓: sqlite (delivery, durability).',
    );
    expect(text).toContain(`Not marked: redis (delivery): ${slow}.`);
    expect(text).toContain('jobbench verify --adapter redis --level full');
    expect(text).not.toMatch(/redis \(.*durability/);
  });
  it('says nothing of a longer level where all is marked', () =>
    expect(said('/w/results/promises.json', whole)).not.toMatch(/Not marked|full/));
  it('says that nothing is marked after a violation', () => {
    const text = said(
      '/w/results/promises.json',
      proof('x', finding(undefined, 'violated'), finding('delivery', 'proved')),
    );
    expect(text).toContain('has nothing here to mark');
    expect(text).toContain('Not marked: x (delivery, durability): a promise was violated.');
  });
  it('says who finds a file elsewhere, and that nobody finds one of another name', () => {
    expect(said('/w/mine/promises.json', whole)).toContain('`jobbench run --out mine` marks with ✓');
    expect(said('/w/results/other.json', whole)).toMatch(/other\.json\. No run marks anything by it/);
    expect(said('/w/results/other.json', whole)).not.toContain('✓');
  });
});
