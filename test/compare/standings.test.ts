import { describe, expect, it } from 'vitest';
import { standingsOf } from '../../src/compare/standings.js';
import type { Cell } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

const memory = (cell: Cell) => Object.assign(cell.adapter.traits, { durability: 'memory' });

/** Three adapters of one promise, and one of another. */
function race(change: (cells: Cell[]) => unknown = () => undefined, count = 12) {
  const cells = [
    cellOf('throughput a', { drain_rate: around(1000, count, 0) }),
    cellOf('throughput b', { drain_rate: around(500, count, 1) }),
    cellOf('throughput c', { drain_rate: around(1001, count, 2) }),
    cellOf('throughput d', { drain_rate: around(9000, count, 3) }, memory),
  ];
  change(cells);
  const all = standingsOf(runOf('r', cells));
  return (adapter: string, metric = 'drain_rate') =>
    all.find(({ cell, metric: name }) => cell.endsWith(` ${adapter}`) && name === metric);
}

describe('standings', () => {
  it('rank inside a promise, and count its rivals', () => {
    const of = race();
    expect(of('d')).toMatchObject({ best: 'throughput d', rivals: 0, factor: 1, established: false });
    expect(of('a')?.best).toBe('throughput c');
    expect(of('a')?.rivals).toBe(2);
  });
  it('establish only what is beyond noise', () => {
    const of = race();
    expect(of('b')).toMatchObject({ established: true });
    expect(of('b')?.factor).toBeCloseTo(2, 1);
    expect(of('b')?.judged?.effect?.slowdown).toBeCloseTo(1, 1);
    expect(of('a')?.established).toBe(false);
    // A best that shares its place is not established either.
    expect(of('c')?.established).toBe(false);
  });
  it('establish nothing by a few trials, however far apart they are', () =>
    expect(race(() => undefined, 5)('b')).toMatchObject({ established: false, rivals: 2 }));
  it('turn a metric of which less is better', () => {
    const of = race((cells) => {
      cells.splice(
        0,
        4,
        cellOf('latency a', { total_p50: around(4) }),
        cellOf('latency b', { total_p50: around(1, 12, 1) }),
      );
    });
    expect(of('b', 'total_p50')).toMatchObject({ best: 'latency b', established: true });
    expect(of('a', 'total_p50')?.factor).toBeCloseTo(4, 1);
  });
  it('leave out cells that are not valid', () => {
    const of = race((cells) => Object.assign(cells[2] ?? {}, { status: 'invalid' }));
    expect(of('c')).toBeUndefined();
    expect(of('a')).toMatchObject({ best: 'throughput a', rivals: 1, established: true });
  });
  it('do not rank a lighter load', () => {
    const of = race((cells) =>
      cells.forEach((cell, at) => {
        cell.setting = at === 1 ? '40/s = 50 %' : '200/s';
      }),
    );
    expect(of('b')?.rivals).toBe(0);
  });
  it('have no factor where a number is 0', () => {
    const of = race((cells) => {
      cells.splice(0, 4, cellOf('x a', { total_max: around(0) }), cellOf('x b', { total_max: around(2) }));
    });
    expect(of('b', 'total_max')).not.toHaveProperty('factor');
  });
});
