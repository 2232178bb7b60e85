import { describe, expect, it } from 'vitest';
import { parseDistribution } from '../../src/core/distribution.js';
import { exponential, seeded } from '../../src/core/random.js';
import type { VirtualDay, VirtualLoad } from '../../src/core/virtual.js';
import { simulateFleet } from '../../src/fleet/simulate.js';
import { fleetOptions } from '../fleet/virtual.js';

/** Enough for 5 %; `npm run prove -- --only fleet` takes more. */
const JOBS = Number(process.env.JOBBENCH_FLEET_JOBS ?? 100_000);

interface Queue {
  readonly perMs: number;
  /** A distribution as text. */
  readonly takes: string;
  readonly seed: number;
  /** mirrored: every draw u is 1 - u. The mean of both has much less noise than one day of twice the length. */
  readonly luck?: 'as drawn' | 'mirrored';
  readonly fleet: Parameters<typeof fleetOptions>[0];
}

/** Poisson arrivals at a fleet without boots, unless it says so. */
function lived({ perMs, takes, seed, luck, fleet }: Queue): Promise<VirtualDay & Pick<VirtualLoad, 'atMs' | 'runMs'>> {
  const drawn = seeded(seed);
  const random = luck === 'mirrored' ? () => Math.min(1 - drawn(), 1 - 2 ** -33) : drawn;
  const length = parseDistribution(takes, () => '');
  let at = 0;
  const atMs = Float64Array.from({ length: JOBS }, () => {
    at += exponential(random, 1 / perMs);
    return at;
  });
  const runMs = Float64Array.from({ length: JOBS }, () => length.quantile(random()));
  const options = fleetOptions({ boot: '0ms', appBoot: '0ms', ...fleet });
  const machines = { options, queues: new Map(), seed, name: () => ({}) };
  const load = { atMs, runMs, attempts: 1, untilMs: 0, seed };
  return simulateFleet(load, machines).then((day) => ({ ...day, atMs, runMs }));
}

async function meanWaitMs(queue: Queue): Promise<number> {
  let sum = 0;
  for (const luck of ['as drawn', 'mirrored'] as const) {
    const { startedMs, atMs } = await lived({ ...queue, luck });
    sum += startedMs.reduce((total, started, i) => total + started - (atMs[i] ?? 0), 0);
  }
  return sum / (2 * JOBS);
}

/** Probability that an arrival must wait in M/M/k, by Erlang's C formula. @param load arrival rate x mean length */
function erlangC(k: number, load: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < k; n++) {
    term *= load / n;
    sum += term;
  }
  const last = (term * load) / k / (1 - load / k);
  return last / (sum + last);
}

function mmkWaitMs(k: number, perMs: number, meanMs: number): number {
  return (erlangC(k, perMs * meanMs) * meanMs) / (k - perMs * meanMs);
}

describe('always-on machines against queueing theory, within 5 %', () => {
  it.each([
    [1, 0.6],
    [4, 0.7],
    [8, 0.7],
  ])('M/M/%d at %d of its capacity: the mean wait of Erlang C', async (k, busy) => {
    const perMs = (busy * k) / 1000;
    const fleet = { minWarm: k, maxMachines: k, waitMs: Number.POSITIVE_INFINITY };
    const wait = await meanWaitMs({ perMs, takes: 'exponential:1s', seed: 11, fleet });
    expect(wait / mmkWaitMs(k, perMs, 1000)).toBeGreaterThan(0.95);
    expect(wait / mmkWaitMs(k, perMs, 1000)).toBeLessThan(1.05);
  });

  it('each wait is that of the recursion of Kiefer and Wolfowitz', async () => {
    const fleet = { minWarm: 3, maxMachines: 3, waitMs: Number.POSITIVE_INFINITY };
    const { startedMs, atMs, runMs } = await lived({ perMs: 0.0024, takes: 'exponential:1s', seed: 14, fleet });
    const free = [0, 0, 0];
    let worst = 0;
    startedMs.forEach((started, i) => {
      const first = free.indexOf(Math.min(...free));
      const starts = Math.max(atMs[i] ?? 0, free[first] ?? 0);
      free[first] = starts + (runMs[i] ?? 0);
      worst = Math.max(worst, Math.abs(started - starts));
    });
    expect(worst).toBeLessThan(1e-3);
  });

  // The formula is exact for one server, and within 2 % for two at this load (Cosmetatos' correction).
  it.each([
    [1, '1s', 0],
    [2, '1s', 0],
    [2, 'uniform:0ms:2s', 1 / 3],
  ])('M/G/%d with lengths of %s: the mean wait of Allen and Cunneen', async (k, takes, squaredVariation) => {
    const perMs = (0.8 * k) / 1000;
    const fleet = { minWarm: k, maxMachines: k, waitMs: Number.POSITIVE_INFINITY };
    const wait = await meanWaitMs({ perMs, takes, seed: 12, fleet });
    const expected = mmkWaitMs(k, perMs, 1000) * ((1 + squaredVariation) / 2);
    expect(wait / expected).toBeGreaterThan(0.95);
    expect(wait / expected).toBeLessThan(1.05);
  });
});

describe('one machine that is kept warm, with Poisson arrivals', () => {
  it.each([
    [30, 60],
    [60, 60],
    [120, 60],
  ])(
    'a wait of %d s at one job every %d s: exp(-rate x wait) of those that find it idle start cold, within 2 percent',
    async (wait, gap) => {
      const fleet = { boot: '500ms', maxMachines: 1, waitMs: wait * 1000 };
      const { observation, atMs, startedMs } = await lived({ perMs: 1 / (gap * 1000), takes: '3s', seed: 13, fleet });
      const boots = observation.columns?.boot ?? new Float64Array(0);
      const cold = boots.filter((ms) => ms === 500).length; // whoever waited for less came while it was booting
      const warm = startedMs.filter((started, i) => started === atMs[i]).length;
      const expected = Math.exp(-wait / gap);
      expect(cold / (cold + warm) / expected).toBeGreaterThan(0.98);
      expect(cold / (cold + warm) / expected).toBeLessThan(1.02);
    },
  );
});
