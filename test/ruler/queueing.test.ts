import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedFor } from '../../src/core/random.js';
import { phaseOf, type Timeline } from '../../src/core/timeline.js';
import { arrivals } from '../../src/engine/arrivals.js';
import { quantile } from '../../src/stats/quantile.js';
import { steadyRate } from '../../src/stats/rate.js';
import { contestant, scratchFolder } from '../support/contestants.js';
import { runTrial } from '../support/dist.js';
import { openPhase, plain, spans, spinsPerMs, trialRequest } from '../support/trial.js';

/** Long enough that what a slow machine needs to start a job, a tenth of a millisecond, is a small part of it. */
const SERVICE_MS = 4;
const UTILISATION = 0.7;
const SEED = 11;

const scratch = scratchFolder();
afterAll(() => scratch.remove());

/** Of each start, what is later than this after the job was due and the server free was the machine's doing, not ours. */
const HICCUP_MS = SERVICE_MS / 10;

/** A processor that is taken away in slices comes back after less than a hiccup, too. Starting a job takes less than this. */
const TAKEN_MS = 0.1;

/**
 * R5. One server, a fixed amount of work, Poisson arrivals at 0.7 of what was measured to be its capacity. Theory says
 * how long jobs wait: Lindley's recursion exactly, from the due times and the service times of this very trial;
 * Pollaczek and Khinchine on average, from which a few seconds of arrivals differ by chance.
 */
describe('R5: at a utilisation of 0.7', () => {
  let trial: Awaited<ReturnType<typeof measured>>;
  beforeAll(async () => {
    trial = await measured();
    // Once more where others took the processors: then chance decides, and not what is tested here.
    if (isDisturbed(trial)) trial = await measured();
  });

  it('nearly every job starts when it is due and the server free', () => {
    const { delays } = trial;
    expect(delays.length).toBeGreaterThan(500);
    expect(quantile(delays, 0)).toBeGreaterThanOrEqual(0);
    expect(quantile(delays, 0.5)).toBeLessThan(0.05 * SERVICE_MS);
    expect(delays.filter((ms) => ms > HICCUP_MS).length / delays.length).toBeLessThan(0.1);
  });

  it('the mean wait is that of Lindley within 10 %', () => {
    const { dues, services, delays, waits } = trial;
    // A processor that is taken away between two jobs is in no service time, but delays all that wait behind them.
    const hiccups = delays.map((ms) => (ms > TAKEN_MS ? ms : 0));
    expect(Math.abs(mean(waits) / mean(lindley(dues, services, hiccups)) - 1)).toBeLessThan(0.1);
  });

  it('the mean wait is that of Pollaczek and Khinchine within 35 %', ({ skip }) => {
    const { dues, services, waits } = trial;
    // Their formula is for services that do not depend on each other, which a machine busy with others does not give.
    skip(isDisturbed(trial), 'the processors were busy with something else meanwhile');
    const perMs = (dues.length - 1) / ((dues.at(-1) as number) - (dues[0] as number));
    const load = perMs * mean(services);
    expect(Math.abs(load - UTILISATION)).toBeLessThan(0.15);
    // Nearer to 1 chance decides more: so many arrivals are too few to tell it from a fault.
    skip(Math.abs(load - UTILISATION) > 0.05, 'the machine is not as fast as when its capacity was measured');
    const expected = (perMs * mean(services.map((ms) => ms * ms))) / (2 * (1 - load));
    expect(Math.abs(mean(waits) / expected - 1)).toBeLessThan(0.35);
  });
});

function isDisturbed({ services, delays }: Awaited<ReturnType<typeof measured>>): boolean {
  return mean(services) > 1.1 * quantile(services, 0.5) || mean(delays) > 0.05 * SERVICE_MS;
}

async function measured() {
  const memory = await contestant('memory');
  const layout = { ...plain, concurrency: 1, work: { kind: 'cpu', ms: SERVICE_MS } as const };
  const more = { spinsPerMs: spinsPerMs(), seed: SEED };
  const { signal } = new AbortController();
  const load = { kind: 'saturate', durationMs: 1000, inFlight: 4, batch: 1 } as const;
  const saturated = { name: 'capacity', workers: 'on', jobs: load, until: 'settled' } as const;
  const probe = await runTrial(trialRequest(memory, scratch.dir, { ...layout, phases: [saturated] }, more), signal);
  const ratePerS = UTILISATION * capacityOf(probe.timeline);
  const arriving = { arrivals: 'poisson', ratePerS, durationMs: 12_000 } as const;
  const open = openPhase(arriving);
  const { failure, timeline } = await runTrial(
    trialRequest(memory, scratch.dir, { ...layout, phases: [open] }, more),
    signal,
  );
  expect([probe.failure, failure]).toEqual([undefined, undefined]);
  const { window, indices } = phaseOf(timeline, 'open');
  // The schedule from its source: due times that followed the calls would agree with any theory.
  const dues = arrivals(arriving, seedFor(SEED, 'open', 0)).map((at) => at + window.startMs);
  const [started, finished] = [timeline.started, timeline.finished].map((marks) =>
    Float64Array.from(indices, (i) => marks[i] as number),
  ) as [Float64Array, Float64Array]; // two in, two out
  return {
    dues,
    waits: spans(timeline, 'open', 'due', 'started'), // as the scenarios take them
    services: finished.map((at, n) => at - (started[n] as number)),
    delays: started.map((at, n) => at - Math.max(dues[n] as number, finished[n - 1] ?? 0)),
  };
}

function capacityOf(timeline: Timeline): number {
  const { startMs } = phaseOf(timeline, 'capacity').window;
  const rate = steadyRate(timeline.settled, startMs + 200, startMs + 1000);
  if (typeof rate !== 'number') throw new Error(rate.refused);
  return rate;
}

/** Each job waits as long as the one before waited and was served, less the gap between their arrivals (Lindley, 1952). */
function lindley(dues: Float64Array, services: Float64Array, hiccups: Float64Array): Float64Array {
  const waits = new Float64Array(dues.length);
  for (let n = 1; n < dues.length; n++) {
    const gap = (dues[n] as number) - (dues[n - 1] as number);
    waits[n] = Math.max(0, (waits[n - 1] as number) + (services[n - 1] as number) - gap) + (hiccups[n] as number);
  }
  return waits;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
