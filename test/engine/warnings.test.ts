import { describe, expect, it } from 'vitest';
import { runWarnings } from '../../src/engine/warnings.js';

const quiet = { load1: 0, stealPercent: 0, otherCpuPercent: 0 };
const LATE_MS = 1;

describe('a quiet machine with one run on it', () => {
  it('is not worth a word', () => expect(runWarnings(quiet, LATE_MS, true, undefined)).toEqual([]));

  it('nor is what every machine does', () => {
    expect(runWarnings({ load1: 4, stealPercent: 1, otherCpuPercent: 10 }, 5, true, undefined)).toEqual([]);
  });
});

describe('noisy-machine', () => {
  it.each([
    ['the host took time', { stealPercent: 1.1 }, LATE_MS, /1\.1 % of the processor was taken by the host/],
    ['others used the processor', { otherCpuPercent: 10.1 }, LATE_MS, /other programs used 10\.1 % of the processor/],
    ['timers were late', {}, 5.1, /timers were up to 5\.1 ms late/],
  ])('when %s', (_, noise, timerLateMs, said) => {
    const warnings = runWarnings({ ...quiet, ...noise }, timerLateMs, true, undefined);
    expect(warnings).toEqual([{ code: 'noisy-machine', message: expect.stringMatching(said) }]);
    expect(warnings[0]?.message).toMatch(/trust ratios/);
  });

  it('is one warning with every reason', () => {
    const warnings = runWarnings({ load1: 1, stealPercent: 3, otherCpuPercent: 20 }, 9, true, undefined);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(/3 % .*, other programs used 20 % .*, timers were up to 9 ms late;/);
  });
});

it('another run at the same time is said, whatever the machine', () => {
  expect(runWarnings(quiet, LATE_MS, false, undefined)).toEqual([
    { code: 'concurrent-run', message: expect.stringMatching(/another jobbench run was active/) },
  ]);
});

it('and scratch folders that were kept', () => {
  expect(runWarnings(quiet, LATE_MS, true, '/tmp/jobbench-1')).toMatchObject([{ code: 'kept' }]);
});
