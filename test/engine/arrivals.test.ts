import { describe, expect, it } from 'vitest';
import type { Epoch } from '../../src/core/clock.js';
import { arrivals, dueAhead } from '../../src/engine/arrivals.js';

const poisson = { arrivals: 'poisson', ratePerS: 500, durationMs: 100_000 } as const;

describe('constant arrivals', () => {
  it('are a gap apart, begin at once and end before the phase does', () => {
    const times = arrivals({ arrivals: 'constant', ratePerS: 100, durationMs: 50 }, 1);
    expect([...times]).toEqual([0, 10, 20, 30, 40]);
  });

  it('do not depend on the seed', () => {
    const schedule = { arrivals: 'constant', ratePerS: 333, durationMs: 1000 } as const;
    expect(arrivals(schedule, 1)).toEqual(arrivals(schedule, 2));
  });
});

describe('Poisson arrivals', () => {
  const times = arrivals(poisson, 42);
  const gaps = times.subarray(1).map((at, i) => at - (times[i] as number));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;

  it('hold the rate: 50,000 expected, within four standard deviations', () => {
    expect(Math.abs(times.length - 50_000)).toBeLessThan(4 * Math.sqrt(50_000));
  });

  it('are ascending and inside the phase', () => {
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
    expect(times[0]).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThan(poisson.durationMs);
  });

  it('have gaps as spread as those of a Poisson process: the deviation equals the mean', () => {
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(deviation / mean).toBeCloseTo(1, 1);
    expect(gaps.filter((gap) => gap > mean).length / gaps.length).toBeCloseTo(Math.exp(-1), 2);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(arrivals(poisson, 42)).toEqual(times);
    expect(arrivals(poisson, 43)).not.toEqual(times);
  });
});

describe('a job scheduled ahead', () => {
  const epoch: Epoch = { ns: '0', wallMs: 1_800_000_000_000 };

  it.each([
    [10.25, 1000, 1011],
    [10, 1000, 1010],
    [0.001, 0, 1],
    [7.9, 0.5, 9],
  ])('called at %f, %f ms ahead, is due at %f', (called, ahead, due) => {
    expect(dueAhead(epoch, called, ahead)).toBe(due);
  });

  it('is due at a whole millisecond of the wall clock, never before what was asked', () => {
    const between = { ns: '0', wallMs: 1_800_000_000_000.4 };
    for (const at of [0, 3.3, 99.99]) {
      const due = dueAhead(between, at, 50);
      expect(Number.isInteger(Math.round((between.wallMs + due) * 1e3) / 1e3)).toBe(true);
      expect(due).toBeGreaterThanOrEqual(at + 50 - 1e-3);
    }
  });
});
