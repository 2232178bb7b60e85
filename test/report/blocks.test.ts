import { describe, expect, it } from 'vitest';
import { bar, sparkline } from '../../src/report/blocks.js';
import { renderTable } from '../../src/report/table.js';
import { columnsOf } from '../../src/report/text.js';
import { resultFixture } from '../fixtures/result.js';

describe('bar', () => {
  it.each([
    [8, 8, '████'],
    [4, 8, '██'],
    [1, 8, '▌'],
    [0.0001, 8, '▏'],
    [3, 8, '█▌'],
    [0, 8, ''],
    [-1, 8, ''],
    [Number.NaN, 8, ''],
    [1, 0, ''],
    [9, 8, '████'],
  ])('of %d of %d', (value, greatest, drawn) => expect(bar(value, greatest, 4)).toBe(drawn));
});

describe('sparkline', () => {
  it('goes from the least to the greatest', () => expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe('▁▂▃▄▅▆▇█'));
  it('of equal numbers is level', () => expect(sparkline([5, 5, 5])).toBe('▄▄▄'));
  it('of one number says nothing', () => expect(sparkline([5])).toBe(''));
  it('of many is no longer than it may be', () => {
    const line = sparkline(
      Array.from({ length: 1000 }, (_, i) => i),
      10,
    );
    expect(line).toHaveLength(10);
    expect(line.at(0)).toBe('▁');
    expect(line.at(-1)).toBe('█');
  });
});

describe('a table on a terminal that takes blocks', () => {
  const result = resultFixture();
  for (const cell of result.cells) {
    cell.trials = [...cell.trials, ...cell.trials].map((trial, block) => ({ ...trial, index: block, block }));
  }
  const text = renderTable(result, { blocks: true });

  it('has a bar in a cell, as long as its share of the greatest', () => {
    expect(text).toMatch(/^ .*█{8}/m);
    expect(renderTable(result)).not.toMatch(/[▁-█]/);
  });
  it('shows trials in their order', () => expect(text).toMatch(/trials in order, [a-z]+: .*[▁-█]{6}/));
  it.each([100, 80, 60])('keeps within %i columns', (width) => {
    const lines = renderTable(result, { blocks: true, width }).split('\n');
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
  });
});
