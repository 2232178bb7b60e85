import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brief, thin } from '../../../src/report/html/charts/thin.js';

const value = fc.oneof(fc.constant(null), fc.integer({ min: -1000, max: 1000 }));

describe('thinning of series', () => {
  it('keeps the extremes of every line, and no more places than asked for', () => {
    const series = fc.integer({ min: 1, max: 400 }).chain((length) =>
      fc.record({
        x: fc.constant(Array.from({ length }, (_, at) => at)),
        lines: fc.array(fc.array(value, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 3 }),
      }),
    );
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 60 }), (columns, most) => {
        const kept = thin(columns, most);
        expect(kept.x.length).toBeLessThanOrEqual(most);
        expect(kept.x).toEqual([...new Set(kept.x)].toSorted((a, b) => a - b));
        for (const [at, line] of kept.lines.entries()) {
          expect(line).toHaveLength(kept.x.length);
          const all = (columns.lines[at] ?? []).filter((one) => one !== null);
          const left = line.filter((one) => one !== null);
          // Of no values both are -Infinity, or both Infinity.
          expect(Math.max(...left)).toBe(Math.max(...all));
          expect(Math.min(...left)).toBe(Math.min(...all));
        }
      }),
    );
  });

  it('keeps a spike of one sample near its place', () => {
    const spike = Array.from({ length: 100 }, (_, at) => (at === 57 ? 900 : 5));
    const { x, lines } = thin({ x: spike.map((_, at) => at), lines: [spike] }, 20);
    expect(lines[0]?.filter((one) => one === 900)).toHaveLength(1);
    expect(Math.abs((x[lines[0]?.indexOf(900) ?? 0] ?? 0) - 57)).toBeLessThanOrEqual(10);
  });

  it('leaves alone what is short, and writes four digits', () => {
    const short = { x: [1, 2], lines: [[3, null]] };
    expect(thin(short, 2)).toEqual(short);
    expect([1234.56, 0.000123456, null, Number.NaN].map(brief)).toEqual([1235, 0.0001235, null, null]);
  });
});
