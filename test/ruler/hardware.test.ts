import { describe, expect, it } from 'vitest';
import { ab, SHORTEST } from '../../scripts/prove/ab.js';
import { identicalArgs, plantedArgs } from '../../scripts/prove/hardware.js';

/** The reduced form of R2 and R3; in full, on more adapters and with smaller regressions, by `npm run prove`. */
describe('the gate on this machine', () => {
  it('does not call identical code slower', { timeout: 240_000 }, async () => {
    const { code, comparison } = await ab(identicalArgs(SHORTEST));
    // A noisy machine may leave it open; what it must not do is cry wolf.
    expect([0, 5]).toContain(code);
    const gated = comparison.rows.filter(({ samples }) => samples.gated);
    expect(gated.map(({ samples }) => samples.metric)).toEqual(['drain_rate', 'pipeline_rate']);
    for (const { verdict } of gated) expect(['pass', 'inconclusive']).toContain(verdict);
  });

  it('finds jobs that take 20 % longer', { timeout: 240_000 }, async () => {
    const { code, comparison } = await ab(plantedArgs(20, SHORTEST));
    expect(comparison.verdict).toBe('regression');
    expect(code).toBe(99);
    expect(comparison.blocks?.measured).toBeGreaterThanOrEqual(12);
  });
});
