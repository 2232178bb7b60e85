import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/core/random.js';
import { Fleet } from '../../src/fleet/fleet.js';
import type { Effect, Phases } from '../../src/fleet/types.js';
import { type Arrival, type Day, fleetOptions, live } from './virtual.js';

const job = (at: number, runMs = 100, ends: Arrival['ends'] = ['finished']): Arrival => ({ at, runMs, ends });
const kinds = (day: Day) => day.effects.map(({ at, effect }) => `${at} ${effect.kind}`);
const phasesOf = (day: Day, of: number): Phases => {
  const found = day.effects.find(({ effect }) => effect.kind === 'completed' && effect.job === of);
  if (found?.effect.kind !== 'completed') throw new Error(`job ${of} did not complete`);
  return found.effect.phases;
};

describe('queue mode', () => {
  it('boots a machine for the first job, keeps it warm for the second, and stops it after the wait', () => {
    const day = live(fleetOptions({ apiDelay: '50ms', waitMs: 5000 }), [job(0), job(4000)], 1);
    expect(kinds(day)).toEqual([
      '0 start',
      '2550 run',
      '2650 completed',
      '4000 lingered',
      '4000 run',
      '4100 completed',
      '9100 lingered',
      '9100 stop',
    ]);
    expect(phasesOf(day, 0)).toEqual({
      queue: 0,
      provision: 50,
      boot: 500,
      appBoot: 2000,
      resume: 0,
      run: 100,
      lost: 0,
      cold: true,
      resumed: false,
    });
    expect(phasesOf(day, 1)).toMatchObject({ queue: 0, boot: 0, run: 100, cold: false });
    expect(day.totals).toMatchObject({ machines: 1, cold: 1, completed: 2, paidMs: 9050, lingerMs: 1350 + 5000 });
  });

  it('starts again when the wait was over before the next job', () => {
    const day = live(fleetOptions({ waitMs: 1000 }), [job(0), job(4000)], 1);
    expect(day.totals).toMatchObject({ machines: 2, cold: 2 });
  });

  it('stops a machine at once when it waits for nothing, and never when it waits for ever', () => {
    expect(live(fleetOptions({ waitMs: 0 }), [job(0)], 1).totals).toMatchObject({ lingerMs: 0, paidMs: 2600 });
    const forever = live(fleetOptions({ waitMs: Number.POSITIVE_INFINITY }), [job(0), job(1e9)], 1);
    expect(forever.machines).toBe(1);
    expect(forever.totals).toMatchObject({ machines: 1, cold: 1 });
  });

  it('never has more machines than the cap; the jobs beyond it queue behind those that boot', () => {
    const day = live(fleetOptions({ maxMachines: 2 }), [job(0), job(0), job(0), job(0)], 1);
    expect(day.totals).toMatchObject({ machines: 2, peakMachines: 2, cold: 4 });
    expect(phasesOf(day, 2)).toMatchObject({ queue: 100, boot: 500, appBoot: 2000 });
  });

  it('starts no machine for a job that a starting one covers', () => {
    const day = live(fleetOptions({ waitMs: 60_000 }), [job(0, 10), job(1), job(3000, 5000), job(3001, 1)], 1);
    expect(day.totals.machines).toBe(2); // one for each of the first two, both warm for the others
  });

  it('takes the machine that worked last, so that the others can go', () => {
    const day = live(fleetOptions({ waitMs: 3000 }), [job(0, 10), job(0, 20), job(4000), job(6000), job(8000)], 1);
    const ran = day.effects.flatMap(({ effect }) => (effect.kind === 'run' ? [effect.machine] : []));
    expect(ran).toEqual([1, 2, 2, 2, 2]);
    expect(kinds(day)).toContain('5510 stop');
  });

  it('tries a job again on another machine when its machine dies, before the jobs behind it', () => {
    const day = live(fleetOptions({ maxMachines: 1 }), [job(0, 100, ['died', 'finished']), job(0)], 1);
    const runs = day.effects.flatMap(({ effect }) => (effect.kind === 'run' ? [[effect.job, effect.attempt]] : []));
    expect(runs).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
    ]);
    expect(day.totals).toMatchObject({ deaths: 1, retried: 1, completed: 2, machines: 2 });
    expect(phasesOf(day, 0)).toEqual({
      queue: 0,
      provision: 0,
      boot: 1000,
      appBoot: 4000,
      resume: 0,
      run: 100,
      lost: 100,
      cold: true,
      resumed: false,
    });
  });

  it('gives a job up after its attempts, whatever used them up', () => {
    const dead = (day: Day) => day.effects.filter(({ effect }) => effect.kind === 'dead').length;
    const poison = live(fleetOptions({ attempts: 3 }), [job(0, 10, ['died']), job(0)], 1);
    expect(poison.totals).toMatchObject({ deaths: 3, retried: 2, dead: 1, completed: 1 });
    const unbootable = live(fleetOptions({ bootFailure: 1, attempts: 2 }), [job(0), job(0), job(9)], 1);
    expect(unbootable.totals).toMatchObject({ bootFailures: 6, dead: 3, machines: 6, completed: 0 });
    expect(dead(unbootable)).toBe(3);
    const throwing = live(fleetOptions({}), [{ ...job(0, 10, ['failed']), limit: 4 }], 1);
    expect(throwing.totals).toMatchObject({ retried: 3, dead: 1, machines: 1 });
    expect(live(fleetOptions({}), [job(0, 10, ['failed'])], 1).totals).toMatchObject({ retried: 0, dead: 1 });
  });
});

describe('fork mode', () => {
  const fork = (o = {}) => fleetOptions({ mode: 'fork', maxMachines: 1, ...o });

  it('starts a machine for each job, without a limit, and none twice', () => {
    const day = live(fork(), [job(0), job(0), job(0), job(5000)], 1, 1);
    expect(day.totals).toMatchObject({ machines: 4, peakMachines: 3, cold: 4, lingerMs: 0, paidMs: 4 * 2600 });
  });

  it('tries nothing again', () => {
    const day = live(fork({ attempts: 3 }), [job(0, 10, ['died']), { ...job(0, 10, ['failed']), limit: 3 }], 1);
    expect(day.totals).toMatchObject({ retried: 0, dead: 2, machines: 2 });
    expect(live(fork({ bootFailure: 1 }), [job(0)], 1).totals).toMatchObject({ bootFailures: 1, dead: 1 });
  });
});

describe('pause', () => {
  it('starts neither machines nor jobs, lets what runs and boots go on, and resumes with what is warm', () => {
    for (const mode of ['queue', 'fork'] as const) {
      const fleet = new Fleet<string>(fleetOptions({ mode, boot: '1ms', appBoot: '1ms' }), seeded(1));
      expect(fleet.submit('early', 0)).toEqual([]);
      expect(fleet.resume(8, 10).map((e) => e.kind)).toEqual(['start']);
      expect(fleet.pause(11)).toEqual([]);
      expect(fleet.advance(20)).toEqual([]);
      expect(fleet.machines).toBe(1);
      expect(fleet.resume(8, 30)).toEqual([{ kind: 'run', machine: 1, job: 'early', attempt: 1 }]);
      fleet.pause(31);
      expect(fleet.finished(1, 32)[0]).toMatchObject({
        kind: 'completed',
        phases: { queue: 28, boot: 1, appBoot: 1, run: 2 },
      });
      expect(fleet.open).toBe(0);
    }
  });

  it('charges a boot that fails meanwhile to no job', () => {
    for (const mode of ['queue', 'fork'] as const) {
      const fleet = new Fleet<string>(fleetOptions({ mode, bootFailure: 1, attempts: 1 }), seeded(1));
      fleet.resume(1, 0);
      fleet.submit('a', 0);
      fleet.pause(1);
      expect(fleet.advance(9999).map((e) => e.kind)).toEqual(['lost']);
      expect(fleet.open).toBe(1);
      expect(fleet.resume(1, 10_000).map((e) => e.kind)).toEqual(['start']);
    }
  });
});

describe('real bodies', () => {
  it('make a machine ready when they and the simulated boot are both done, and count what they took longer', () => {
    const fleet = new Fleet<string>(fleetOptions({ bodies: 'real', boot: '5ms', appBoot: '5ms' }), seeded(1));
    fleet.resume(8, 0);
    fleet.submit('a', 0);
    fleet.submit('b', 0);
    expect(fleet.bodyUp(1, 3)).toEqual([]);
    expect(fleet.advance(10)).toMatchObject([{ kind: 'run', machine: 1 }]);
    expect(fleet.bodyUp(2, 25)).toMatchObject([{ kind: 'run', machine: 2 }]);
    expect(fleet.totals(25)).toMatchObject({ overruns: 1, overrunMs: 15 });
  });
});

describe('bodies that crash with nothing to do, where machines are always up', () => {
  /** Each is gone a millisecond after it was up. @returns when each was started, in ms */
  function startsWithin(untilMs: number): number[] {
    const fleet = new Fleet<string>(
      fleetOptions({ bodies: 'real', boot: '0ms', appBoot: '0ms', minWarm: 1 }),
      seeded(1),
    );
    const starts: number[] = [];
    const take = (effects: readonly Effect<string>[], at: number) => {
      for (const effect of effects) if (effect.kind === 'start') crash(effect.machine, at);
    };
    const crash = (machine: number, at: number) => {
      starts.push(at);
      take(fleet.bodyUp(machine, at), at);
      take(fleet.died(machine, at + 1), at + 1);
    };
    take(fleet.resume(8, 0), 0);
    for (let at = fleet.nextAt(); at <= untilMs; at = fleet.nextAt()) take(fleet.advance(at), at);
    expect(fleet.totals(untilMs)).toMatchObject({ crashes: starts.length, deaths: starts.length });
    return starts;
  }

  it('are started again at once, then after 10 s, and twice as long each time up to 5 min', () => {
    const starts = startsWithin(1_500_000);
    const waits = starts.slice(1).map((at, n) => at - (starts[n] ?? 0) - 1);
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it('keep no job waiting: it has a machine of its own', () => {
    const fleet = new Fleet<string>(
      fleetOptions({ bodies: 'real', boot: '0ms', appBoot: '0ms', minWarm: 1 }),
      seeded(1),
    );
    fleet.resume(8, 0);
    for (const machine of [1, 2]) fleet.died(machine, machine);
    expect(fleet.nextAt()).toBe(10_002);
    expect(fleet.submit('a', 10)).toMatchObject([{ kind: 'start', machine: 3 }]);
    expect(fleet.bodyUp(3, 20)).toMatchObject([{ kind: 'run', machine: 3, job: 'a' }]);
    expect(fleet.advance(10_002)).toEqual([]); // one is up again
  });

  it('begin anew after ten minutes without a crash', () => {
    const fleet = new Fleet<string>(
      fleetOptions({ bodies: 'real', boot: '0ms', appBoot: '0ms', minWarm: 1 }),
      seeded(1),
    );
    fleet.resume(8, 0);
    for (const machine of [1, 2]) fleet.died(machine, machine);
    expect(fleet.advance(10_002)).toMatchObject([{ kind: 'start', machine: 3 }]);
    fleet.bodyUp(3, 10_003);
    expect(fleet.died(3, 700_000).map(({ kind }) => kind)).toEqual(['lost', 'start']);
  });
});

describe('a machine that dies', () => {
  it('while idle is not used again, and the events that still arrive for it change nothing', () => {
    const fleet = new Fleet<string>(fleetOptions({ boot: '0ms', appBoot: '0ms' }), seeded(1));
    fleet.resume(8, 0);
    expect(fleet.submit('a', 0).map((e) => e.kind)).toEqual(['start', 'run']);
    fleet.finished(1, 1);
    expect(fleet.died(1, 2)).toMatchObject([
      { kind: 'lingered', job: 'a', ms: 1 },
      { kind: 'lost', why: 'died' },
    ]);
    expect([...fleet.finished(1, 3), ...fleet.failed(1, 3), ...fleet.died(1, 3), ...fleet.bodyUp(1, 3)]).toEqual([]);
    expect(fleet.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('is not used again when it would have lingered for ever', () => {
    const options = fleetOptions({ boot: '0ms', appBoot: '0ms', waitMs: Number.POSITIVE_INFINITY });
    const fleet = new Fleet<string>(options, seeded(1));
    fleet.resume(8, 0);
    fleet.submit('a', 0);
    fleet.finished(1, 1);
    fleet.died(1, 2);
    expect(fleet.submit('b', 4).map((e) => e.kind)).toEqual(['start', 'run']);
  });

  it('by shutdown gives its job back', () => {
    const fleet = new Fleet<string>(fleetOptions({ boot: '0ms', appBoot: '0ms' }), seeded(1));
    fleet.resume(8, 0);
    fleet.submit('a', 0);
    expect(fleet.shutdown(5)).toMatchObject([{ kind: 'stop', life: { runMs: 5 } }]);
    expect([fleet.open, fleet.running, fleet.machines]).toEqual([1, 0, 0]);
  });
});
