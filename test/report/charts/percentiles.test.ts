import { describe, expect, it } from 'vitest';
import {
  NAMED,
  percentileName,
  shareLine,
  tailGrid,
  tailLine,
  told,
  valueGrid,
} from '../../../src/report/html/charts/percentiles.js';
import { countsOf } from '../../../src/stats/counts.js';
import { encodeHistogram } from '../../../src/stats/histogram.js';

/** n samples of 1 to n ms. */
const upTo = (n: number) => countsOf([encodeHistogram(Array.from({ length: n }, (_, at) => at + 1)).text]);

describe('latency by percentile', () => {
  it('goes from p50 to p99.99 and has each named percentile exactly', () => {
    const grid = tailGrid();
    expect([grid[0], grid.at(-1)]).toEqual([2, 10_000]);
    expect(grid).toEqual(grid.toSorted((a, b) => a - b));
    for (const q of NAMED) expect(grid).toContain(Math.round(1 / (1 - q)));
    expect(NAMED.map(percentileName)).toEqual(['p50', 'p90', 'p95', 'p99', 'p99.9', 'p99.99']);
  });

  it('ends where fewer than 10 samples lie beyond', () => {
    const grid = tailGrid();
    const line = tailLine(upTo(1000), grid);
    expect(line[grid.indexOf(100)]).toBeCloseTo(990, -1);
    expect(grid.filter((x, at) => x > 100 && line[at] !== null)).toEqual([]);
    expect(tailLine(upTo(999), grid)[grid.indexOf(100)]).toBeNull();
  });

  it('says what is rough, and how many samples are missing', () => {
    expect(told(upTo(1000), 0.99)).toMatchObject({ trust: 'rough' });
    expect(told(upTo(1000), 0.5)).toMatchObject({ trust: 'solid' });
    expect(told(upTo(500), 0.999)).toEqual({ needs: 10_000 });
  });
});

describe('the share of samples by value', () => {
  it('rises from nothing to all, and stops there', () => {
    const [slow, fast] = [upTo(1000), countsOf([encodeHistogram([0.5, 0.5, 1]).text])];
    const grid = valueGrid([slow, fast]);
    const line = shareLine(fast, grid);
    const seen = line.filter((share) => share !== null);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(100);
    expect(line.at(-1)).toBeNull();
    expect(shareLine(slow, grid).at(-1)).toBe(100);
  });

  it('has a grid even where all samples are 0, and none where there are no samples', () => {
    expect(valueGrid([countsOf([encodeHistogram([0, 0]).text])])[0]).toBe(0.001);
    expect(valueGrid([countsOf([])])).toEqual([]);
  });
});
