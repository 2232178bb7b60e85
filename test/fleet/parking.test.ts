import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/core/random.js';
import { apiGate } from '../../src/fleet/apigate.js';
import { Fleet } from '../../src/fleet/fleet.js';
import { Fleets } from '../../src/fleet/fleets.js';
import { type Arrival, fleetOptions, live } from './virtual.js';

const job = (at: number, runMs = 100): Arrival => ({ at, runMs, ends: ['finished'] });

function phases(options: Parameters<typeof fleetOptions>[0], ...arrivals: Arrival[]) {
  const { effects } = live(fleetOptions(options), arrivals, 1);
  return effects.flatMap(({ effect }) => (effect.kind === 'completed' ? [effect.phases] : []));
}

describe('a machine whose wait is over', () => {
  it('is resumed where it was suspended, which is neither cold nor warm', () => {
    const [first, second] = phases({ park: 'suspend', waitMs: 1000, resume: '250ms' }, job(0), job(60_000));
    expect(first).toMatchObject({ boot: 500, appBoot: 2000, resume: 0, cold: true, resumed: false });
    expect(second).toMatchObject({ boot: 0, appBoot: 0, resume: 250, cold: false, resumed: true });
  });

  it('boots again where it was stopped, and stands still for as long as nobody needs it', () => {
    const { totals } = live(fleetOptions({ park: 'stop', waitMs: 1000 }), [job(0), job(60_000)], 1);
    expect(totals).toMatchObject({ machines: 2, peakMachines: 1, cold: 2, resumed: 0 });
    expect(totals.parkedMs).toBe(60_000 - (2500 + 100 + 1000)); // up to the second start; the end is the last event
  });

  it('is nothing where it was destroyed', () => {
    expect(live(fleetOptions({ park: 'destroy', waitMs: 0 }), [job(0), job(60_000)], 1).totals.parkedMs).toBe(0);
  });
});

describe('machines that are always up', () => {
  it('are there from the begin, outlive every wait, and are replaced when they die', () => {
    const fleet = new Fleet<string>(fleetOptions({ minWarm: 2, waitMs: 0, maxMachines: 4 }), seeded(1));
    expect(fleet.resume(9, 0).map(({ kind }) => kind)).toEqual(['start', 'start']);
    fleet.advance(10_000);
    expect(fleet.machines).toBe(2);
    expect(fleet.submit('a', 20_000)).toMatchObject([{ kind: 'run' }]);
    fleet.submit('b', 20_000);
    expect(fleet.submit('c', 20_000).map(({ kind }) => kind)).toEqual(['start']); // all warm ones are busy
    fleet.finished(1, 30_000);
    fleet.finished(2, 30_000);
    expect(fleet.machines).toBe(2); // one more than two were up, and the one without work stopped
    fleet.died(2, 40_000);
    expect(fleet.machines).toBe(2);
  });

  it('are not started again and again at one instant when they fail at once', () => {
    const options = fleetOptions({ minWarm: 2, boot: '0ms', appBoot: '0ms', bootFailure: 0.999 });
    const fleet = new Fleet<string>(options, seeded(3));
    expect(fleet.resume(9, 0).length).toBeLessThan(10);
  });
});

describe('several jobs at once on one machine', () => {
  it('fill the machines that run before another is used or started', () => {
    const { effects, totals } = live(
      fleetOptions({ jobsPerMachine: 3, maxMachines: 9 }),
      Array.from({ length: 6 }, () => job(0, 1000)),
      1,
    );
    expect(totals.machines).toBe(2);
    const runs = effects.flatMap(({ effect }) => (effect.kind === 'run' ? [effect.machine] : []));
    expect(runs).toEqual([1, 1, 1, 2, 2, 2]);
    expect(totals.runMs).toBe(2000); // machine time, not job time
  });

  it('all lose the machine that dies', () => {
    const options = fleetOptions({ jobsPerMachine: 2, attempts: 2, maxMachines: 1 });
    const day = live(options, [{ ...job(0, 500), ends: ['died', 'finished'] }, job(0, 5000)], 1);
    expect(day.totals).toMatchObject({ completed: 2, retried: 2, deaths: 1 });
  });
});

describe('the limit of an API', () => {
  it('lets a few through at once after a pause, and then one by one', () => {
    const gate = apiGate(2, 3);
    expect([0, 0, 0, 0, 0].map(gate)).toEqual([0, 0, 0, 500, 1000]);
    expect([10_000, 10_000, 10_000, 10_000].map(gate)).toEqual([10_000, 10_000, 10_000, 10_500]);
  });

  it('is time that machines are being provisioned', () => {
    const [first, second] = phases({ apiPerS: 0.1, maxMachines: 2 }, job(0, 20_000), job(0, 20_000));
    expect([first?.provision, second?.provision]).toEqual([0, 10_000]);
  });
});

describe('queues', () => {
  it('have caps of their own, and share the API in the order of their requests', () => {
    const options = fleetOptions({ maxMachines: 1, apiPerS: 1, boot: '0ms', appBoot: '0ms' });
    const fleets = new Fleets<string>(options, new Map([['mail', { maxMachines: 2 }]]), 1);
    fleets.resume(99, 0);
    const started = (effects: readonly { kind: string }[]) => effects.filter(({ kind }) => kind === 'start').length;
    expect([0, 0, 0].map(() => started(fleets.submit('m', 0, undefined, 'mail')))).toEqual([1, 1, 0]);
    expect([0, 0].map(() => started(fleets.submit('d', 0, undefined, 'default')))).toEqual([1, 0]);
    const runs = [1000, 2000].map((at) => fleets.advance(at).filter(({ kind }) => kind === 'run').length);
    expect(runs).toEqual([1, 1]); // the first went through at once
    expect(fleets.machines).toBe(3);
    expect(fleets.totals(2000)).toMatchObject({ peakMachines: 3, machines: 3 });
  });
});
