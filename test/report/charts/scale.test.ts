import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTicks, niceStep, roundNumbers } from '../../../src/report/html/charts/round.js';
import { barScale, linearScale, logScale, tickText } from '../../../src/report/html/charts/scale.js';

const positive = fc.double({ min: 1e-6, max: 1e12, noNaN: true });

describe('scales of charts', () => {
  it.each([
    [[3, 7], 'linear', [0, 2, 4, 6, 8]],
    [[95], 'linear', [0, 25, 50, 75, 100]],
    [[100, 3900], 'linear', [0, 1000, 2000, 3000, 4000]],
    [[5170, 51_566, 1_418_956], 'log', [1000, 10_000, 100_000, 1_000_000]],
  ] as const)('of bars of %j are %s with round ticks', (values, kind, ticks) => {
    const scale = barScale(values, 'ms');
    expect(scale.kind).toBe(kind);
    expect(scale.ticks).toEqual(ticks);
  });

  it('have all values inside, in order, and some room for the smallest bar', () => {
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('ms', 'bytes'),
        (values, unit) => {
          for (const scale of [barScale(values, unit), linearScale(values, unit), logScale(values, unit, 3)]) {
            const shares = values.toSorted((a, b) => a - b).map((value) => scale.share(value));
            expect(shares).toEqual(shares.toSorted((a, b) => a - b));
            expect(shares.at(-1)).toBeLessThanOrEqual(1);
            expect(scale.max).toBeGreaterThanOrEqual(Math.max(...values));
            expect(scale.ticks.every((tick) => scale.share(tick) >= 0 && scale.share(tick) <= 1)).toBe(true);
            if (scale.kind === 'log') expect(shares[0]).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('put what has no place on the nearer end', () => {
    const scale = logScale([1, 100], 'ms');
    expect([-1, 0, Number.NaN, 1e9].map((value) => scale.share(value))).toEqual([0, 0, 0, 1]);
    expect(linearScale([0, 0], 'ms').ticks.length).toBeGreaterThan(2);
  });

  it.each([
    [[91.7, 304], 'linear', ['0 B', '128 MB', '256 MB', '384 MB']],
    [[900, 1100], 'linear', ['0 B', '512 MB', '1 GB', '1.5 GB']],
    [[0.0001, 0.1], 'log', ['64 B', '256 B', '1 kB', '4 kB', '16 kB', '64 kB']],
    [[1 / 1024, 3000], 'log', ['1 kB', '32 kB', '1 MB', '32 MB', '1 GB']],
  ] as const)('of sizes of %j MB are %s, in steps that their unit has', (mb, kind, texts) => {
    const scale = barScale(
      mb.map((one) => one * 1024 ** 2),
      'bytes',
    );
    expect(scale.kind).toBe(kind);
    expect(scale.ticks.map((tick) => tickText(tick, 'bytes'))).toEqual(texts);
  });

  it('round sizes to powers of 2, also those that are one', () => {
    const { up, down, step, ticks } = roundNumbers('bytes');
    expect([up(1024), down(1024), step(1024), up(1025), down(1023)]).toEqual([1024, 1024, 1024, 2048, 512]);
    expect(ticks(8, 64)).toEqual([8, 16, 32, 64]);
  });

  it('have few ticks over many decades, and 2 and 5 over few', () => {
    expect(logTicks(1, 10)).toEqual([1, 2, 5, 10]);
    expect(logTicks(0.5, 20)).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(logTicks(1e-3, 1e9).length).toBeLessThanOrEqual(7);
  });

  it.each([
    [1, '1'],
    [10_000, '10k'],
    [1_000_000, '1M'],
    [12_500, '12.5k'],
    [100, '100'],
    [0, '0'],
  ])('write a tick of %d jobs/s as %s', (tick, text) => {
    expect(tickText(tick, 'jobs/s')).toBe(text);
  });

  it('write small ticks and sizes without needless zeros', () => {
    expect([tickText(0.01, 'ms'), tickText(2.5, 'ms'), tickText(10 * 1024, 'bytes')]).toEqual(['0.01', '2.5', '10 kB']);
    expect([0.3, 1, 7, 26].map(niceStep)).toEqual([0.5, 1, 10, 50]);
  });
});
