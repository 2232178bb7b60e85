import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLifetime } from '../../src/fleet/lifetime.js';
import type { FleetOptions, Life } from '../../src/fleet/types.js';
import { type Arrival, fleetOptions, live, type Stamped } from './virtual.js';

/** `npm run prove -- --only fleet` tries more. */
const RUNS = Number(process.env.JOBBENCH_FLEET_WORLDS ?? 300);

const ending = fc.constantFrom('finished', 'finished', 'finished', 'failed', 'died') as fc.Arbitrary<
  Arrival['ends'][0]
>;

const arrivals = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 4000 }),
      runMs: fc.integer({ min: 0, max: 3000 }),
      ends: fc.array(ending, { minLength: 1, maxLength: 3 }),
      limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    }),
    { maxLength: 40 },
  )
  .map((jobs): Arrival[] => {
    let at = 0;
    return jobs.map(({ gap, runMs, ends, limit }) => {
      at += gap;
      return limit === undefined ? { at, runMs, ends } : { at, runMs, ends, limit };
    });
  });

const options = fc
  .record({
    mode: fc.constantFrom('queue', 'queue', 'fork') as fc.Arbitrary<'queue' | 'fork'>,
    apiDelay: fc.constantFrom('0ms', '50ms', 'uniform:0ms:2s'),
    boot: fc.constantFrom('0ms', '500ms', 'lognormal:300ms:900ms'),
    appBoot: fc.constantFrom('0ms', '2s', 'uniform:1500ms:5000ms'),
    bootFailure: fc.constantFrom(0, 0.2, 1),
    lifetime: fc.constantFrom('never', 'never', '700ms', 'uniform:1ms:9s', 'exponential:20s'),
    waitMs: fc.constantFrom(0, 1, 1000, 20_000),
    maxMachines: fc.integer({ min: 1, max: 5 }),
    attempts: fc.integer({ min: 1, max: 4 }),
    minWarm: fc.constantFrom(0, 0, 1, 3),
    jobsPerMachine: fc.constantFrom(1, 1, 2, 4),
    park: fc.constantFrom('destroy', 'stop', 'suspend') as fc.Arbitrary<'destroy' | 'stop' | 'suspend'>,
    resume: fc.constantFrom('0ms', '300ms'),
    apiPerS: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0.5, 10),
    apiBurst: fc.constantFrom(1, 3),
  })
  // What never comes up cannot be kept up: the options refuse it. And what dies and is always replaced never comes to an end.
  .map((o) => fleetOptions(o.bootFailure === 1 || o.lifetime !== 'never' ? { ...o, minWarm: 0 } : o));

const NEVER = parseLifetime('never', () => '');
const world = fc.record({ options, arrivals, seed: fc.integer(), slots: fc.integer({ min: 1, max: 8 }) });
const each = (check: (w: { options: FleetOptions; arrivals: Arrival[]; seed: number; slots: number }) => void) =>
  fc.assert(fc.property(world, check), { numRuns: RUNS });

const LIFE = ['provisionMs', 'bootMs', 'appBootMs', 'resumeMs', 'runMs', 'lingerMs', 'paidMs'] as const;

describe('whatever happens to a fleet', () => {
  it('every job ends exactly once, within its attempts, which are numbered from 1', () =>
    each(({ options, arrivals, seed, slots }) => {
      const day = live(options, arrivals, seed, slots);
      const ended = new Map<number, number>();
      const used = new Map<number, number>();
      for (const { effect } of day.effects) {
        if (effect.kind === 'completed' || effect.kind === 'dead') {
          ended.set(effect.job, (ended.get(effect.job) ?? 0) + 1);
        } else if (effect.kind === 'run') {
          expect(effect.attempt).toBe((used.get(effect.job) ?? 0) + 1);
        } else if (effect.kind === 'retrying') {
          used.set(effect.job, (used.get(effect.job) ?? 0) + 1);
        }
      }
      expect([...ended.values()].every((times) => times === 1)).toBe(true);
      expect(ended.size).toBe(arrivals.length);
      expect(day.open).toBe(0);
      arrivals.forEach(({ limit }, job) => {
        const most = options.mode === 'fork' ? 1 : (limit ?? options.attempts);
        expect((used.get(job) ?? 0) + 1).toBeLessThanOrEqual(most);
      });
      expect(day.totals.completed + day.totals.dead).toBe(arrivals.length);
    }));

  it('the cap and the slots are kept, and in fork mode each job has a machine', () =>
    each(({ options, arrivals, seed, slots }) => {
      const { effects, totals } = live(options, arrivals, seed, slots);
      const { machines, jobs } = most(effects);
      expect(totals.peakMachines).toBe(machines);
      if (options.mode === 'queue') {
        expect(machines).toBeLessThanOrEqual(Math.min(options.maxMachines, slots));
        expect(jobs).toBeLessThanOrEqual(Math.min(options.maxMachines * options.jobsPerMachine, slots));
      } else expect(totals.machines).toBe(arrivals.length);
    }));

  it('jobs run only on machines that live and have nothing else to do', () =>
    each(({ options, arrivals, seed, slots }) => {
      /** Jobs on each machine that lives. */
      const jobs = new Map<number, Set<number>>();
      const runsOn = new Map<number, number>();
      const seen = new Set<number>();
      for (const { effect } of live(options, arrivals, seed, slots).effects) {
        if (effect.kind === 'start') {
          expect(seen.has(effect.machine)).toBe(false);
          seen.add(effect.machine);
          jobs.set(effect.machine, new Set());
        } else if (effect.kind === 'run') {
          const own = jobs.get(effect.machine);
          expect(own?.size).toBeLessThan(options.jobsPerMachine);
          own?.add(effect.job);
          runsOn.set(effect.job, effect.machine);
        } else if (effect.kind === 'stop' || effect.kind === 'lost') {
          const own = jobs.get(effect.machine);
          if (effect.kind === 'stop') expect(own?.size).toBe(0);
          else expect(own).toBeDefined();
          jobs.delete(effect.machine);
        } else if (effect.kind !== 'lingered') {
          jobs.get(runsOn.get(effect.job) ?? -1)?.delete(effect.job);
          runsOn.delete(effect.job);
        }
      }
      expect(jobs.size).toBe(0);
    }));

  it('machine time is the sum of the lives, and each life the sum of its parts', () =>
    each(({ options, arrivals, seed, slots }) => {
      const { effects, totals } = live(options, arrivals, seed, slots);
      const lives = effects.flatMap(({ effect }) =>
        effect.kind === 'stop' || effect.kind === 'lost' ? [effect.life] : [],
      );
      expect(lives.length).toBe(totals.machines);
      for (const part of LIFE) expect(totals[part]).toBeCloseTo(sum(lives, part), 4);
      for (const life of [...lives, totals]) {
        const parts = life.bootMs + life.appBootMs + life.resumeMs + life.runMs + life.lingerMs;
        expect(life.paidMs).toBeCloseTo(parts, 4);
        expect(Math.min(...LIFE.map((part) => life[part]))).toBeGreaterThanOrEqual(0);
      }
    }));

  it('the phases of a job add up to the time from its arrival to its end', () =>
    each(({ options, arrivals, seed, slots }) => {
      for (const { at, effect } of live(options, arrivals, seed, slots).effects) {
        if (effect.kind !== 'completed' && effect.kind !== 'dead') continue;
        const { queue, provision, boot, appBoot, resume, run, lost } = effect.phases;
        const parts = [queue, provision, boot, appBoot, resume, run, lost];
        expect(parts.reduce((a, b) => a + b)).toBeCloseTo(at - (arrivals[effect.job]?.at ?? Number.NaN), 4);
        expect(Math.min(...parts)).toBeGreaterThan(-1e-6);
      }
    }));

  it('a job that comes while a machine is warm and free boots nothing', () =>
    each(({ options, arrivals, seed }) => {
      if (options.mode === 'fork') return;
      const warm = { ...options, waitMs: Number.POSITIVE_INFINITY, bootFailure: 0, lifetime: NEVER, minWarm: 0 };
      const calm = arrivals.map((a) => ({ ...a, ends: ['finished' as const] }));
      const alone = calm.map((a, at) => ({ ...a, at: at * 1e9 })); // each long after the end of the one before
      expect(live(warm, alone, seed).totals).toMatchObject({
        machines: Math.min(1, alone.length),
        cold: alone.length > 0 && bootsTake(options) ? 1 : 0,
      });
    }));

  it('the same seed gives the same day', () =>
    each(({ options, arrivals, seed, slots }) => {
      expect(live(options, arrivals, seed, slots)).toEqual(live(options, arrivals, seed, slots));
    }));
});

function sum(lives: readonly Life[], part: keyof Life): number {
  return lives.reduce((total, life) => total + life[part], 0);
}

function bootsTake(options: FleetOptions): boolean {
  return options.apiDelay.maxMs + options.boot.maxMs + options.appBoot.maxMs > 0;
}

/** The most machines, and the most running jobs, that there were at once. */
function most(effects: readonly Stamped[]): { machines: number; jobs: number } {
  const machines = new Set<number>();
  const jobs = new Set<number>();
  const peak = { machines: 0, jobs: 0 };
  for (const { effect } of effects) {
    if (effect.kind === 'start') machines.add(effect.machine);
    else if (effect.kind === 'stop' || effect.kind === 'lost') machines.delete(effect.machine);
    else if (effect.kind === 'run') jobs.add(effect.job);
    else if (effect.kind !== 'lingered') jobs.delete(effect.job);
    peak.machines = Math.max(peak.machines, machines.size);
    peak.jobs = Math.max(peak.jobs, jobs.size);
  }
  return peak;
}
