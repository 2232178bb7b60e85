import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianInterval, medianRank } from '../../src/stats/interval.js';
import { geometricMean } from '../../src/stats/mean.js';
import { maxOverlap } from '../../src/stats/overlap.js';
import {
  ascending,
  median,
  present,
  printableQuantile,
  quantile,
  samplesNeeded,
  tailOf,
} from '../../src/stats/quantile.js';
import { rateOfCompletions, steadyRate } from '../../src/stats/rate.js';
import { theilSen } from '../../src/stats/slope.js';

interface Golden {
  ranks: { n: number; rank: number; confidence: number }[];
  quantiles: { values: number[]; q: number; expected: number }[];
  slopes: { x: number[]; y: number[]; expected: number }[];
  means: { values: number[]; expected: number }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/golden/stats.json', import.meta.url), 'utf8'));

describe('values that SciPy has', () => {
  it.each(golden.ranks)('rank of the interval of the median, n = $n', ({ n, rank, confidence }) => {
    expect(medianRank(n).rank).toBe(rank);
    expect(medianRank(n).confidence).toBeCloseTo(confidence, 10);
  });
  it('quantiles', () => {
    for (const { values, q, expected } of golden.quantiles) expect(quantile(values, q)).toBe(expected);
  });
  it('slopes and geometric means', () => {
    for (const { x, y, expected } of golden.slopes) expect(theilSen(x, y)).toBeCloseTo(expected, 9);
    for (const { values, expected } of golden.means) expect(geometricMean(values)).toBeCloseTo(expected, 9);
  });
});

describe('the interval of the median', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  it.each([
    [6, 1, 6, 0.969],
    [10, 2, 9, 0.979],
    [12, 3, 10, 0.961],
  ])('of %i trials is x(%i)..x(%i)', (n, low, high, confidence) => {
    const interval = medianInterval(upTo(n).reverse());
    expect(interval).toMatchObject({ low, high, n, median: (n + 1) / 2 });
    expect(interval.confidence).toBeCloseTo(confidence, 3);
  });
  it('of five trials is their range, and claims no confidence', () => {
    expect(medianInterval([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 1, high: 5, n: 5 });
  });
  it('of nothing is refused', () => expect(() => medianInterval([])).toThrow(RangeError));
});

describe('percentiles that too few jobs cannot tell', () => {
  const jobs = (n: number) => Float64Array.from({ length: n }, (_, i) => i);
  it('refuses p99.9 of 500 jobs', () => {
    expect(printableQuantile(jobs(500), 0.999)).toEqual({ refused: 'needs 10,000 jobs' });
    expect(printableQuantile(jobs(9), 0.99, 'requests')).toEqual({ refused: 'needs 1,000 requests' });
  });
  it.each([
    [0.5, 20],
    [0.9, 100],
    [0.95, 200],
    [0.99, 1000],
    [0.999, 10_000],
    [1, 10],
  ])('prints q = %f from %i jobs on, and not from one less', (q, needed) => {
    expect(samplesNeeded(q)).toBe(needed);
    expect(printableQuantile(jobs(needed), q)).toBeTypeOf('number');
    expect(printableQuantile(jobs(needed - 1), q)).toHaveProperty('refused');
  });
  it('counts the tail without dust of floating point', () => {
    expect(tailOf(100, 0.9)).toBe(10);
    expect(tailOf(12_345, 0.999)).toBe(12.345);
    expect(tailOf(7, 1)).toBe(7);
  });
});

describe('quantiles', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  it('are values, and enough others do not exceed them', () => {
    fc.assert(
      fc.property(values, share, (list, q) => {
        const result = quantile(list, q);
        expect(list).toContain(result);
        expect(list.filter((value) => value <= result).length).toBeGreaterThanOrEqual(q * list.length - 1e-9);
        expect(list.filter((value) => value < result).length).toBeLessThanOrEqual(q * list.length);
      }),
    );
  });
  it('follow a change of scale and a shift, in whatever order the values come', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(whole, share, fc.integer({ min: -50, max: 50 }), (list, q, shift) => {
        const moved = list.map((value) => 4 * value + shift).reverse();
        expect(quantile(moved, q)).toBe(4 * quantile(list, q) + shift);
        expect(median(moved)).toBe(4 * median(list) + shift);
        const { low, high, median: middle } = medianInterval(list);
        expect(medianInterval(moved)).toMatchObject({ low: 4 * low + shift, high: 4 * high + shift });
        expect(low <= middle && middle <= high).toBe(true);
      }),
    );
  });
  it('do not take the next rank because 0.07 * 100 is 7.000000000000001', () => {
    expect(
      quantile(
        Array.from({ length: 100 }, (_, i) => i + 1),
        0.07,
      ),
    ).toBe(7);
  });
  it('refuse NaN, which `present` leaves out', () => {
    expect(() => quantile([1, Number.NaN, 3], 0.5)).toThrow('value 1 is NaN');
    expect(() => median([Number.NaN])).toThrow(RangeError);
    expect([...present([3, Number.NaN, 1])]).toEqual([1, 3]);
    expect(() => quantile([1], 1.1)).toThrow(RangeError);
  });
  it('do not change or copy what is in order, and do not touch what is not', () => {
    const inOrder = Float64Array.of(1, 2, 2, 3);
    expect(ascending(inOrder)).toBe(inOrder);
    const mixed = [3, 1, 2];
    expect(median(mixed)).toBe(2);
    expect(mixed).toEqual([3, 1, 2]);
  });
});

describe('slope', () => {
  it('is not turned by wild points, on short and long series', () => {
    for (const n of [100, 20_001]) {
      const x = Float64Array.from({ length: n }, (_, i) => i / 10);
      const y = x.map((value, i) => (i % 7 === 0 ? 1e6 : 2.5 * value - 3));
      expect(theilSen(x, y)).toBeCloseTo(2.5, 9);
    }
  });
  it('is 0 where x never changes, and refuses unequal lengths', () => {
    expect(theilSen([1, 1], [2, 3])).toBe(0);
    expect(theilSen([], [])).toBe(0);
    expect(() => theilSen([1], [])).toThrow(RangeError);
  });
  it('of a long series is near that of all pairs', () => {
    const n = 4000;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = x.map((value) => 0.01 * value + Math.sin(value * 12.9898) * 5);
    expect(theilSen(x, y)).toBeCloseTo(0.01, 3);
  });
});

describe('rates', () => {
  it('counts a half-open window', () => {
    expect(steadyRate([0, 100, 150, 200, Number.NaN], 100, 200)).toBe(20);
    expect(steadyRate([1], 5, 5)).toHaveProperty('refused');
  });
  it('divides gaps by the time they take, not completions', () => {
    expect(rateOfCompletions([0, 100, 200, 300, 400], 0)).toBe(10);
    expect(rateOfCompletions([400, 0, 300, 100, 200], 0.4)).toBe(10);
    expect(rateOfCompletions([1], 0)).toHaveProperty('refused');
    expect(rateOfCompletions([1, 1, 1], 0)).toEqual({ refused: 'all completed at one instant' });
    expect(() => rateOfCompletions([1, 2], 1)).toThrow(RangeError);
  });
  it('is not moved by a slow start that is skipped', () => {
    const slowStart = [0, 10_000, ...Array.from({ length: 98 }, (_, i) => 10_010 + i * 10)];
    expect(rateOfCompletions(slowStart, 0.1)).toBeCloseTo(100, 9);
    expect(rateOfCompletions(slowStart, 0)).toBeLessThan(10);
  });
  it('scales with time', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(times, fc.integer({ min: -1000, max: 1000 }), (list, shift) => {
        const slower = rateOfCompletions(
          list.map((time) => 2 * time + shift),
          0,
        );
        expect(slower).toBeCloseTo((rateOfCompletions(list, 0) as number) / 2, 9);
      }),
    );
  });
});

describe('overlap', () => {
  it.each([
    ['none', [], [], 0],
    ['end meets start', [0, 1, 2], [1, 2, 3], 1],
    ['nested', [0, 1, 2], [9, 8, 7], 3],
    ['never ended', [0, 5], [Number.NaN, 6], 2],
    ['never started', [Number.NaN, 5], [Number.NaN, 6], 1],
    ['no length', [5], [5], 1],
    ['unsorted', [10, 0, 4], [11, 5, 12], 2],
  ])('%s', (_name, starts, ends, expected) => expect(maxOverlap(starts, ends)).toBe(expected));
  it('equals the most starts that any start falls into', () => {
    const intervals = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(intervals, (list) => {
        const starts = list.map(([start]) => start);
        const ends = list.map(([start, length]) => start + length);
        const open = starts.map((instant) => list.filter(([s, l]) => s <= instant && instant < s + l).length);
        expect(maxOverlap(starts, ends)).toBe(Math.max(0, ...open));
      }),
    );
  });
});

describe('geometric mean', () => {
  it('of a ratio and its inverse is 1', () => {
    expect(geometricMean([4, 0.25])).toBe(1);
    expect(() => geometricMean([1, 0])).toThrow(RangeError);
    expect(() => geometricMean([])).toThrow(RangeError);
  });
});
