import { describe, expect, it } from 'vitest';
import { normal } from '../../scripts/prove/worlds.js';
import { seeded } from '../../src/core/random.js';
import { blocksNeeded, type Design, detectableShift } from '../../src/stats/power.js';
import { rankSum } from '../../src/stats/ranksum.js';
import { signedRank } from '../../src/stats/signedrank.js';

/** How often the test finds what is said to be detectable, in simulated normal samples of spread 2. */
function found(design: Design, n: number, alpha: number, samples: number): number {
  const shift = detectableShift(design, n, 2, alpha) ?? Number.NaN;
  const random = seeded(n);
  const draw = (by: number) => Array.from({ length: n }, () => by + 2 * normal(random));
  let count = 0;
  for (let i = 0; i < samples; i++) {
    const { p } = design === 'pairs' ? signedRank(draw(shift)) : rankSum(draw(0), draw(shift));
    if (p <= alpha) count++;
  }
  return count / samples;
}

describe('what is said to be detectable', () => {
  it.each([
    ['pairs', 10, 0.003, 3000],
    ['pairs', 12, 0.003, 3000],
    ['pairs', 24, 0.007, 3000],
    ['pairs', 24, 0.001, 3000],
    ['pairs', 60, 0.003, 600],
    ['apart', 5, 0.01, 3000],
    ['apart', 12, 0.01, 1500],
    ['apart', 20, 0.003, 500],
  ] as const)('%s, n = %i, alpha %f: is found in about 4 of 5 cases', (design, n, alpha, samples) => {
    const power = found(design, n, alpha, samples);
    // With very few pairs the method is a little cautious: it promises less than it keeps.
    expect(power).toBeGreaterThan(0.76);
    expect(power).toBeLessThan(0.88);
  });
  it('is nothing where even the clearest outcome is not rare enough', () => {
    expect(detectableShift('pairs', 9, 1, 0.003)).toBeUndefined();
    expect(detectableShift('pairs', 10, 1, 0.003)).toBeGreaterThan(0);
    expect(detectableShift('apart', 4, 1, 0.01)).toBeUndefined();
  });
  it.each(['pairs', 'apart'] as const)('%s: does not jump where exact critical values end', (design) => {
    const of = (n: number) => detectableShift(design, n, 1, 0.003) ?? Number.NaN;
    expect(of(41) / of(40)).toBeGreaterThan(0.985);
    expect(of(41) / of(40)).toBeLessThan(1.01);
  });
  it('grows with the spread, and shrinks with every block', () => {
    const of = (n: number, spread: number) => detectableShift('pairs', n, spread, 0.003) ?? Number.NaN;
    expect(of(20, 3)).toBeCloseTo(3 * of(20, 1), 12);
    for (let n = 10; n < 60; n++) expect(of(n + 1, 1)).toBeLessThan(of(n, 1) * 1.03);
    expect(of(60, 1)).toBeLessThan(of(10, 1) / 3);
  });
});

describe('blocks needed', () => {
  it('are the fewest that detect the shift', () => {
    const needed = blocksNeeded('pairs', 0.05, 0.08, 0.003) ?? Number.NaN;
    expect(needed).toBeGreaterThan(12);
    expect(detectableShift('pairs', needed, 0.08, 0.003)).toBeLessThanOrEqual(0.05);
    expect(detectableShift('pairs', needed - 1, 0.08, 0.003)).toBeGreaterThan(0.05);
  });
  it('grow with the square of the spread', () => {
    const ratio = (blocksNeeded('pairs', 0.05, 1, 0.01) ?? 0) / (blocksNeeded('pairs', 0.05, 0.5, 0.01) ?? 1);
    expect(ratio).toBeCloseTo(4, 0);
  });
  it('are not named where more than 10,000 would be needed', () => {
    expect(blocksNeeded('pairs', 0.001, 1, 0.01)).toBeUndefined();
    expect(blocksNeeded('apart', 0, 1, 0.01)).toBeUndefined();
  });
});
