import { describe, expect, it } from 'vitest';
import { compareAdapters } from '../../src/compare/comparison.js';
import { joinAdapters } from '../../src/compare/within.js';
import type { Cell } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

const options = { floorOf: () => undefined };
const within = (cells: readonly Cell[], base?: string) =>
  joinAdapters({ label: 'run', source: 'run.json', file: runOf('one', cells) }, base, options);
const values = { drain_rate: around(1000), total_p99: around(5) };
const FIRST = 'base of every row is sqlite, the first adapter of the file; --base takes another';
const memory = (cell: Cell) => Object.assign(cell.adapter.traits, { durability: 'memory' });

describe('adapters of one run', () => {
  it('are compared with the first, paired by block', () => {
    const cells = ['sqlite', 'redis', 'mine'].map((label) => cellOf(`latency ${label}`, values));
    const { base, heads, samples, notes } = within(cells);
    expect([base, heads, notes]).toEqual(['sqlite', ['redis', 'mine'], [FIRST]]);
    expect(samples.map(({ id, pairing, gated }) => [id, pairing, gated])).toEqual(
      ['redis', 'mine'].flatMap((label) =>
        ['drain_rate', 'total_p99'].map((metric) => [`latency ${label} ${metric}`, 'interleaved', true]),
      ),
    );
  });
  it('or with the one that is named', () => {
    const cells = ['sqlite', 'redis'].map((label, i) => cellOf(`latency ${label}`, { total_p99: around(i + 1) }));
    const { samples, notes } = within(cells, 'redis');
    expect(samples).toMatchObject([{ cell: 'latency sqlite', base: around(2), head: around(1) }]);
    expect(notes).toEqual(['base of every row is redis']);
  });
  it('meet only where the scenario and all its params are the same', () => {
    const cells = [cellOf('latency/rate=1 sqlite', values), cellOf('latency/rate=2 redis', values)];
    const { samples, notes } = within(cells);
    expect(samples).toEqual([]);
    expect(notes).toEqual([FIRST, 'without a cell of sqlite to compare with: latency/rate=2 redis']);
  });
  it('of another class of promises are named, and decide nothing', () => {
    const cells = [cellOf('latency sqlite', values), cellOf('latency redis', values, memory)];
    const { samples, notes } = within(cells);
    expect(samples.map(({ cell, gated }) => [cell, gated])).toEqual(
      [1, 2].map(() => ['latency redis (at-least-once, memory)', false]),
    );
    expect(notes[1]).toMatch(/^redis promises something else than sqlite/);
  });
  it('have their own metrics, which have no counterpart; what both should have and one lacks is missing', () => {
    const head = cellOf('latency redis', { drain_rate: [], total_p50: around(2) }, (cell) => {
      cell.refused = { drain_rate: 'UNSTABLE' };
    });
    const base = cellOf('latency sqlite', values);
    const { samples, missing } = within([base, head]);
    expect(samples).toEqual([]);
    expect(missing.map(({ sentence }) => sentence)).toEqual(['redis has no drain_rate: UNSTABLE']);
  });
  it('that are not ok are missing', () => {
    const broken: Cell = { ...cellOf('latency redis', values), status: 'invalid', reason: 'lost 3' };
    expect(within([cellOf('latency sqlite', values), broken]).missing).toMatchObject([
      { verdict: 'broken', sentence: 'invalid in redis: lost 3', samples: { gated: true } },
    ]);
  });
  it.each<[string, string[], string | undefined, string]>([
    ['none', [], undefined, 'fewer than two adapters'],
    ['one', ['sqlite'], undefined, 'fewer than two adapters'],
    ['not the one that was named', ['sqlite', 'redis'], 'kafka', 'no adapter "kafka". Adapters: sqlite, redis'],
  ])('cannot be compared: %s', (_, labels, base, message) => {
    expect(() =>
      within(
        labels.map((label) => cellOf(`latency ${label}`, values)),
        base,
      ),
    ).toThrow(message);
  });
  it('know which is faster', () => {
    const cells = [
      cellOf('latency sqlite', { total_p99: around(5) }),
      cellOf('latency redis', { total_p99: around(9) }),
    ];
    const named = { label: 'run', source: 'run.json', file: runOf('one', cells) };
    const { comparison } = compareAdapters(named, undefined, options);
    expect(comparison.rows).toMatchObject([{ verdict: 'regression', effect: { slowdown: expect.closeTo(0.8, 2) } }]);
    expect([comparison.base.label, comparison.head.label]).toEqual(['sqlite', 'redis']);
  });
});
