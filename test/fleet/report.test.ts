import { describe, expect, it } from 'vitest';
import { vmOptions } from '../../src/fleet/options.js';
import { fleetTotals } from '../../src/fleet/report.js';
import { tally } from '../../src/fleet/totals.js';

const options = vmOptions(() => '');

describe('what a fleet came to', () => {
  it('is in seconds of its own clock, but for what is compared with machines that are always on', () => {
    const lived = { ...tally(), paidMs: 100_000, lingerMs: 100_000 }; // 100 s, which took 2 s of the trial
    const { machine_seconds, linger_seconds, billed_seconds } = fleetTotals(lived, options.parse({}), 0.02);
    expect([machine_seconds, linger_seconds]).toEqual([100, 100]);
    expect(billed_seconds).toBeCloseTo(2, 9);
  });

  it('counts what stands still by its price', () => {
    const chosen = options.parse({ park: 'suspend', price: 4, priceSuspended: 1 });
    const { cost_usd, billed_seconds } = fleetTotals({ ...tally(), paidMs: 10_000, parkedMs: 20_000 }, chosen, 1);
    expect([cost_usd, billed_seconds]).toEqual([60, 15]);
  });
});
