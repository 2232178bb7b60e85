import { describe, expect, it } from 'vitest';
import { parseLifetime } from '../../src/fleet/lifetime.js';
import { vmOptions } from '../../src/fleet/options.js';
import { fleetOptions, live } from './virtual.js';

const job = (at: number, runMs: number) => ({ at, runMs, ends: ['finished' as const] });

describe('machines that die', () => {
  it('take the job along that they run: it waits again, in front, until its attempts are used up', () => {
    const options = fleetOptions({ boot: '1s', appBoot: '0ms', lifetime: '5s', attempts: 2, waitMs: 60_000 });
    const { effects, totals, open } = live(options, [job(0, 3000), job(0, 20_000)], 1);
    // Both are up at 1 s and die at 6 s; the long job is tried once more, from 7 s to 12 s.
    const of = (kind: string) => effects.filter(({ effect }) => effect.kind === kind).map(({ at }) => at);
    expect([of('lost'), of('retrying'), of('dead'), of('completed')]).toEqual([
      [6000, 6000, 12_000],
      [6000],
      [12_000],
      [4000],
    ]);
    expect(totals).toMatchObject({ deaths: 3, completed: 1, dead: 1, retried: 1, bootFailures: 0 });
    expect(open).toBe(0);
  });

  it('are the same machines as without: what they draw for their boots does not change', () => {
    const shape = { boot: 'uniform:0ms:9s', appBoot: 'uniform:0ms:9s', waitMs: 0, bootFailure: 0.3 };
    const boots = (lifetime: string) =>
      live(fleetOptions({ ...shape, lifetime }), [job(0, 1), job(60_000, 1)], 3).effects.flatMap(({ effect }) =>
        effect.kind === 'run' || effect.kind === 'lost' || effect.kind === 'stop' ? [effect.kind] : [],
      );
    expect(boots('exponential:9999d')).toEqual(boots('never'));
  });

  it('die as often as their distribution says', () => {
    const calm = Array.from({ length: 4000 }, (_, at) => job(at * 100_000, 10_000));
    const { totals } = live(fleetOptions({ lifetime: 'exponential:20s', attempts: 1, waitMs: 0 }), calm, 5);
    expect(totals.deaths / 4000).toBeCloseTo(1 - Math.exp(-0.5), 1.5);
  });

  it('are not always up where they live so short that nothing but their starts would happen', () => {
    const options = vmOptions(() => '');
    const why = (given: object) => options.safeParse(given).error?.issues[0]?.message;
    const tiny = { lifetime: '1ms', boot: '0ms', appBoot: '0ms' };
    expect(why({ ...tiny, minWarm: 1 })).toContain('more than once a second');
    expect(why({ ...tiny, minWarm: 1, boot: '999ms', appBoot: '1s', bootFailure: 0.999 })).toBeUndefined();
    expect(why({ ...tiny, minWarm: 1, boot: '998ms', appBoot: '1s', bootFailure: 0.999 })).toContain('once a second');
    expect([why(tiny), why({ ...tiny, minWarm: 1, mode: 'fork' }), why({ minWarm: 1 })]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it.each(['0ms', 'soon', '-5s'])('%s is no lifetime', (text) =>
    expect(() => parseLifetime(text, () => '')).toThrow(text),
  );
});
