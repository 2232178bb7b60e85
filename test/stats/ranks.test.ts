import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '../../src/stats/holm.js';
import { midranks } from '../../src/stats/midranks.js';
import { normalAbove, normalExceededBy } from '../../src/stats/normal.js';
import { rankSum, rankSumNull } from '../../src/stats/ranksum.js';
import { signedRank, signedRankNull } from '../../src/stats/signedrank.js';
import { oneSample, shiftRank, twoSamples, walshRank } from '../../src/stats/walsh.js';

interface Located {
  estimate: number;
  low: number;
  high: number;
}
interface Golden {
  signed: { values: number[]; p: number }[];
  sums: { a: number[]; b: number[]; p: number; u: number }[];
  walsh: { n: number; confidence: number; rank: number }[];
  shifts: { m: number; n: number; confidence: number; rank: number }[];
  locations: (Located & { values: number[] })[];
  between: (Located & { a: number[]; b: number[] })[];
  families: { ps: number[]; expected: number[] }[];
  tails: { x: number; above: number }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/golden/ranks.json', import.meta.url), 'utf8'));

function closeTo(actual: number, expected: number) {
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
}

describe('values that SciPy has', () => {
  it.each(golden.signed)('signed-rank test of $values.length, p = $p', ({ values, p }) => {
    closeTo(signedRank(values).p, p);
  });
  it.each(golden.sums)('rank-sum test of $a.length and $b.length, p = $p', ({ a, b, p, u }) => {
    closeTo(rankSum(a, b).p, p);
    expect(rankSum(a, b).u).toBe(u);
  });
  it('ranks of the ends of intervals', () => {
    for (const { n, confidence, rank } of golden.walsh) expect(walshRank(n, confidence), `${n}`).toBe(rank);
    for (const { m, n, confidence, rank } of golden.shifts) {
      expect(shiftRank(m, n, confidence), `${m} ${n}`).toBe(rank);
      expect(shiftRank(n, m, confidence), `${n} ${m}`).toBe(rank);
    }
  });
  it('estimates and intervals', () => {
    for (const { values, estimate, low, high } of golden.locations) {
      const located = oneSample(values);
      closeTo(located.estimate, estimate);
      expect(located.interval(0.95)).toEqual({ low, high });
    }
    for (const { a, b, estimate, low, high } of golden.between) {
      const located = twoSamples(a, b);
      closeTo(located.estimate, estimate);
      expect(located.interval(0.95)).toEqual({ low, high });
    }
  });
  it('families and tails', () => {
    for (const { ps, expected } of golden.families) {
      for (const [index, value] of holm(ps).entries()) closeTo(value, expected[index] ?? Number.NaN);
    }
    for (const { x, above } of golden.tails) closeTo(normalAbove(x), above);
    expect(normalExceededBy(0.025)).toBeCloseTo(1.959963984540054, 12);
  });
});

describe('what tables of Wilcoxon and Lehmann say', () => {
  it('12 pairs: the interval ends at the 14th average; 20 pairs: the 53rd; 8 are the fewest for 99 %', () => {
    expect([walshRank(12, 0.95), walshRank(20, 0.95)]).toEqual([14, 53]);
    expect([walshRank(7, 0.99), walshRank(8, 0.99), walshRank(5, 0.95), walshRank(6, 0.95)]).toEqual([0, 1, 0, 1]);
    expect(oneSample([1, 2, 3, 4, 5]).interval(0.95)).toBeUndefined();
  });
  it('all pairs on one side: p is 2 / 2^n', () => {
    expect(signedRank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).p).toBe(2 / 4096);
    expect(rankSum([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).p).toBeCloseTo(2 / 252, 15);
  });
  it('ties share a rank, and zeros are ranked but have no sign', () => {
    expect([...midranks([3, 1, 3, 0]).doubled]).toEqual([7, 4, 7, 2]);
    expect(signedRank([0, 0, 5, -4])).toEqual({ p: 1, plus: 4, minus: 3, zeros: 2 });
    expect(signedRank([0, 0, 0]).p).toBe(1);
    expect(signedRank([]).p).toBe(1);
  });
  it('refuses what has no rank', () => {
    expect(() => signedRank([1, Number.NaN])).toThrow('it has no rank');
    expect(() => rankSum([1], [Number.POSITIVE_INFINITY])).toThrow('it has no rank');
    expect(() => rankSum([], [1])).toThrow(RangeError);
    expect(() => oneSample([])).toThrow(RangeError);
    expect(() => twoSamples([1], [Number.NaN])).toThrow(RangeError);
  });
  it('approximations beyond what is counted meet the exact values', () => {
    const leaning = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) * 50 + 5 + i / 1e6);
    const [exact, approximate] = [signedRank(leaning(200)).p, signedRank(leaning(201)).p];
    expect(approximate / exact).toBeGreaterThan(0.8);
    expect(approximate / exact).toBeLessThan(1.25);
    const shifted = leaning(101).map((value) => value + 12);
    const sides = [100, 101].map((n) => rankSum(leaning(n), shifted.slice(0, n)).p);
    expect((sides[1] ?? 0) / (sides[0] ?? 1)).toBeGreaterThan(0.8);
    expect((sides[1] ?? 0) / (sides[0] ?? 1)).toBeLessThan(1.25);
  });
});

describe('the null distributions', () => {
  it('are whole, and symmetric about their middle', () => {
    for (const below of [signedRankNull(9), rankSumNull(4, 7), rankSumNull(7, 4)]) {
      expect(below[below.length - 1]).toBeCloseTo(1, 12);
      below.forEach((share, w) => {
        const mirror = below[below.length - 2 - w] ?? 0;
        expect(share + mirror).toBeCloseTo(1, 12);
      });
    }
    expect(rankSumNull(4, 7)).toEqual(rankSumNull(7, 4));
  });
});

describe('rank tests and their estimates', () => {
  // Small whole numbers, so that ties and zeros are common and arithmetic is exact.
  const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 });
  const scale = fc.constantFrom(0.25, 2, 8);
  const shift = fc.integer({ min: -64, max: 64 });

  it('have p in [0, 1] for any finite values', () => {
    const any = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(any, any, (a, b) => {
        for (const { p } of [signedRank(a), rankSum(a, b)]) expect(p > 0 && p <= 1).toBe(true);
      }),
    );
  });
  it('do not see the order of values, nor their scale', () => {
    fc.assert(
      fc.property(values, values, scale, (a, b, factor) => {
        const [a2, b2] = [a, b].map((list) => list.map((value) => factor * value).reverse()) as [number[], number[]];
        expect(signedRank(a2).p).toBeCloseTo(signedRank(a).p, 12);
        expect(rankSum(a2, b2).p).toBeCloseTo(rankSum(a, b).p, 12);
        expect(oneSample(a2).estimate).toBe(factor * oneSample(a).estimate);
        expect(twoSamples(a2, b2).estimate).toBe(factor * twoSamples(a, b).estimate);
      }),
    );
  });
  it('mirror when the sides are swapped', () => {
    const plain = (value: number) => value + 0; // -0 is 0
    fc.assert(
      fc.property(values, values, (a, b) => {
        const negated = a.map((value) => -value);
        expect(signedRank(negated).p).toBe(signedRank(a).p);
        expect(rankSum(b, a).p).toBeCloseTo(rankSum(a, b).p, 12);
        expect(rankSum(b, a).u).toBe(a.length * b.length - rankSum(a, b).u);
        expect(plain(oneSample(negated).estimate)).toBe(plain(-oneSample(a).estimate));
        expect(plain(twoSamples(b, a).estimate)).toBe(plain(-twoSamples(a, b).estimate));
        const [there, back] = [twoSamples(a, b).interval(0.95), twoSamples(b, a).interval(0.95)];
        expect(plain(back?.low ?? 0)).toBe(plain(-(there?.high ?? 0)));
      }),
    );
  });
  it('follow a shift', () => {
    fc.assert(
      fc.property(values, values, shift, (a, b, by) => {
        const moved = b.map((value) => value + by);
        expect(twoSamples(a, moved).estimate).toBe(twoSamples(a, b).estimate + by);
        expect(oneSample(moved).estimate).toBe(oneSample(b).estimate + by);
        expect(
          rankSum(
            a.map((value) => value + by),
            moved,
          ).p,
        ).toBe(rankSum(a, b).p);
        const [before, after] = [oneSample(b).interval(0.95), oneSample(moved).interval(0.95)];
        expect(after).toEqual(before && { low: before.low + by, high: before.high + by });
      }),
    );
  });
  it('agree: the interval leaves out 0 exactly where the test of that level rejects, without ties', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: 1, max: 4000 }), { minLength: 6, maxLength: 14 });
    fc.assert(
      fc.property(distinct, fc.nat(), (sizes, signs) => {
        const list = sizes.map((size, i) => ((signs >> i) & 1 ? -size : size));
        const interval = oneSample(list).interval(0.95);
        const outside = interval !== undefined && (interval.low > 0 || interval.high < 0);
        expect(outside).toBe(signedRank(list).p <= 0.05);
      }),
    );
  });
});

describe('Holm', () => {
  const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
  it('raises, keeps the order, and stays within 1', () => {
    fc.assert(
      fc.property(ps, (list) => {
        const adjusted = holm(list);
        list.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          list.forEach((q, j) => {
            if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? -1);
          });
        });
      }),
    );
  });
});

describe('where counting would take seconds', () => {
  it('the interval of two samples takes the normal limit, which agrees with the count where both can be had', () => {
    // Counted once by the exact distribution: 9,778 at 150 a side, 40,840 at 300.
    expect(Math.abs(shiftRank(150, 150, 0.95) - 9778)).toBeLessThanOrEqual(2);
    expect(Math.abs(shiftRank(300, 300, 0.95) - 40_840)).toBeLessThanOrEqual(3);
    expect(Math.abs(walshRank(201, 0.95) - walshRank(200, 0.95) - 84)).toBeLessThanOrEqual(6);
  });

  it('a thousand values a side are compared at once', () => {
    const a = Array.from({ length: 1000 }, (_, i) => 100 + (i % 7));
    const from = performance.now();
    rankSum(a, a);
    twoSamples(a, a).interval(0.99);
    oneSample(a).interval(0.99);
    // Exact counting took half a minute and gigabytes.
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
