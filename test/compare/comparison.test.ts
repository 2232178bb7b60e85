import { describe, expect, it } from 'vitest';
import { compareFiles, meansOf } from '../../src/compare/comparison.js';
import type { RowOptions } from '../../src/compare/rows.js';
import { parseThreshold, thresholdText } from '../../src/compare/threshold.js';
import type { Judged } from '../../src/core/comparison.js';
import type { Cell } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

const compare = (base: readonly Cell[], head: readonly Cell[], options: Partial<RowOptions> = {}) =>
  compareFiles(
    { label: 'a', source: 'a.json', file: runOf('one', base) },
    { label: 'b', source: 'b.json', file: runOf('two', head) },
    { floorOf: () => undefined, ...options },
  ).comparison;
const cell = (p99: number) => cellOf('latency sqlite', { total_p99: around(p99) });

describe('files of different runs', () => {
  it.each([
    ['without history at most differ', 5, 9, undefined, 'differs'],
    ['without history never pass', 5, 5, undefined, 'inconclusive'],
    ['with history regress', 5, 9, 0.05, 'regression'],
    ['with history pass', 5, 5, 0.05, 'pass'],
    ['with history improve', 9, 5, 0.05, 'improvement'],
    ['differ by less than runs of the same code do', 5, 5.2, 0.05, 'pass'],
  ] as const)('%s', (_, base, head, floor, verdict) => {
    expect(compare([cell(base)], [cell(head)], { floorOf: () => floor })).toMatchObject({ verdict, kind: 'compare' });
  });
  it('keep the rows of a cell together, the missing ones too', () => {
    const two = cellOf('latency redis', { drain_rate: around(10), total_p99: around(1) });
    const lacking = cellOf('latency redis', { drain_rate: [], total_p99: around(1) });
    const { rows, verdict } = compare([two, cell(5)], [cell(5), lacking]);
    expect(rows.map(({ samples }) => samples.id)).toEqual([
      'latency redis total_p99',
      'latency redis drain_rate',
      'latency sqlite total_p99',
    ]);
    expect(verdict).toBe('missing');
  });
});

describe('geometric means', () => {
  const row = (unit: string, slowdown: number, gated = true): Judged => ({
    samples: {
      ...{ id: '', cell: '', metric: '', label: '', base: [], head: [], threshold: 0.05, floor: 0.02 },
      ...{ unit, better: 'lower', pairing: 'apart', gated },
    },
    verdict: 'pass',
    sentence: '',
    effect: { slowdown, low95: 0, high95: 0, low99: 0, high99: 0 },
  });
  it('are taken over like units only, of two rows or more', () => {
    expect(meansOf([row('ms', 1), row('s', 0.3), row('ms', -0.5)])).toEqual([
      { unit: 'ms', better: 'lower', slowdown: expect.closeTo(0), rows: 2 },
    ]);
  });
  it('leave out what has no finite ratio, and what gates nothing', () => {
    const rows = [row('ms', 1), row('ms', Number.POSITIVE_INFINITY), row('ms', -1), row('ms', 0, false), row('ms', 1)];
    expect(meansOf(rows)).toEqual([{ unit: 'ms', better: 'lower', slowdown: expect.closeTo(1), rows: 2 }]);
  });
});

describe('a threshold', () => {
  it.each([
    ['5%', 0.05],
    [' 2.5 % ', 0.025],
    ['400%', 4],
  ])('%s is %d', (text, ratio) => expect(parseThreshold(text, '--threshold')).toBeCloseTo(ratio, 10));
  it.each(['5', '0.05', '1%', '-5%', '5%%', '501%', 'much', ''])('is not %j', (text) =>
    expect(() => parseThreshold(text, '--threshold')).toThrow(/^--threshold: ".*" is not allowed; write a percentage/),
  );
  it('is told', () => {
    expect(thresholdText(0.125)).toBe('12.5%');
    expect(thresholdText(undefined)).toBe('throughput 5%, p50 10%, p99 25%');
  });
});
