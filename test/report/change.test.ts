import { describe, expect, it } from 'vitest';
import { judge } from '../../src/compare/judge.js';
import type { Judged } from '../../src/core/comparison.js';
import { renderJson } from '../../src/report/comparison/json.js';
import { renderMarkdown } from '../../src/report/comparison/markdown.js';
import { renderComparison } from '../../src/report/comparison/table.js';
import { changeText } from '../../src/report/comparison/view.js';
import { comparisonFixture } from '../fixtures/comparison.js';
import { around } from '../fixtures/runs.js';

describe('a change', () => {
  it.each([
    [0, '0.0 % worse'],
    [0.026, '2.6 % worse'],
    [0.99, '99.0 % worse'],
    [0.999, '2.0x worse'],
    [1, '2.0x worse'],
    [8.94, '9.9x worse'],
    [8.96, '9.96x worse'],
    [98.96, '100x worse'],
    [152, '153x worse'],
    [12_344, '12,300x worse'],
    [-0.2, '25.0 % better'],
    [-0.5, '2.0x better'],
    [-0.99, '100x better'],
  ])('of %d is %s', (slowdown, text) => expect(changeText(slowdown)).toBe(text));
});

describe('a rate that fell from 18,200 to 119', () => {
  const [row] = judge([collapsed()], 1);
  if (row === undefined) throw new Error('no row came back');
  const comparison = { ...comparisonFixture(), rows: [row] };

  it('is 153x worse in the sentence, in the table and in Markdown', () => {
    expect(row.sentence).toMatch(/^drain is 153x worse \(95 %: 15\dx worse to 15\dx worse\); 5 % or more counts/);
    expect(renderComparison(comparison)).toMatch(/drain_rate jobs\/s .* 153x worse {2}\[15\dx 15\dx\] .* REGRESSION/);
    expect(renderMarkdown(comparison)).toMatch(/\| 153x worse \| \\\[15\dx 15\dx\\\] \|/);
  });
  it('is a ratio in JSON', () =>
    expect(JSON.parse(renderJson(comparison)).rows[0].effect.slowdown).toBeCloseTo(18_200 / 119 - 1, 0));
  it('is 153x better the other way round', () => {
    const { base, head } = collapsed();
    expect(judge([{ ...collapsed(), base: head, head: base }], 1)[0]?.sentence).toMatch(/^drain is 153x better/);
  });
  it('is known to a factor where it varies that much', () => {
    const wild = (factor: number) => around(100).map((value, i) => (i % 3 === 0 ? value * factor : value / factor));
    const [open] = judge([{ ...collapsed(), base: wild(1), head: wild(6) }], 1);
    expect(open?.sentence).toMatch(/known to a factor of \d+(\.\d)? after 12 blocks/);
  });
});

function collapsed(): Judged['samples'] {
  const names = { id: 'throughput drain_rate', cell: 'throughput', metric: 'drain_rate', label: 'drain' };
  const rule = { pairing: 'interleaved' as const, threshold: 0.05, floor: 0.02, gated: true };
  return { ...names, unit: 'jobs/s', better: 'higher', ...rule, base: around(18_200), head: around(119, 12, 1) };
}
