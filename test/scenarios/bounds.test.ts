import { describe, expect, it } from 'vitest';
import { loadScenario, scenarioNames } from '../../src/engine/registry.js';

/** More of anything than a machine has: as a number, and with every unit that some param takes. */
const HUGE = ['1e15', '1e300', 'Infinity', '999999999999', '999999999d', '999999999GB', '999999999/s', '99999999%'];
const WORK = ['cpu:999999d', 'io:999999d', 'alloc:999999GB', 'sqlite:999999', 'fail:999999'];
const LENGTHS = ['exponential:9999999d', 'uniform:1d:9999999d', 'lognormal:1d:9999999d'];
const NONSENSE = ['-1', 'NaN', 'words', '-5s', '1e15x'];

/** A path, which the reader of the file judges. */
const FREE_TEXT = new Set(['keepwarm.trace']);

for (const name of scenarioNames()) {
  const { params } = await loadScenario(name);
  describe(name, () => {
    it.each(Object.keys(params.shape).filter((key) => !FREE_TEXT.has(`${name}.${key}`)))(
      '%s has bounds, and words for who goes beyond them',
      (key) => {
        const taken = [...HUGE, ...WORK, ...LENGTHS, ...NONSENSE].filter(
          (text) => params.safeParse({ [key]: text }).success,
        );
        expect(taken).toEqual([]);
        const said = HUGE.flatMap((text) => params.safeParse({ [key]: text }).error?.issues ?? []);
        expect(said.map(({ message }) => message)).not.toContain('');
      },
    );
  });
}
