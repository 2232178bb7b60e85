import { describe, expect, it } from 'vitest';
import type { Cell, ResultFile } from '../../../src/core/result.js';
import { contention } from '../../../src/report/html/charts/contention.js';
import { CHARTS } from '../../../src/report/html/charts/index.js';
import { latency } from '../../../src/report/html/charts/latency.js';
import { lateness } from '../../../src/report/html/charts/lateness.js';
import { runsOf } from '../../../src/report/html/charts/runs.js';
import { paretoSet, scatter } from '../../../src/report/html/charts/scatter.js';
import { sweeps } from '../../../src/report/html/charts/sweep.js';
import { throughput } from '../../../src/report/html/charts/throughput.js';
import { timeSeries } from '../../../src/report/html/charts/timeseries.js';
import { reportModel } from '../../../src/report/html/model.js';
import type { Section } from '../../../src/report/html/section.js';
import { richResult } from '../../support/richresult.js';

const rich = richResult();
const modelOf = (...results: ResultFile[]) =>
  reportModel(results.map((result, at) => ({ label: `file ${at + 1}`, name: 'x.json', result })));
const only = (keep: (cell: Cell) => boolean): ResultFile => ({ ...rich, cells: rich.cells.filter(keep) });
const markupOf = (section: Section | undefined) => section?.html.markup ?? '';

interface Drawn {
  readonly columns: readonly (readonly (number | null)[])[];
  readonly peaks?: readonly { readonly line: number; readonly at: number }[];
  readonly shade?: { readonly from: number; readonly to: number };
  readonly y: { readonly max: number };
}
// What our own sections put aside for their script.
const plotsOf = (section: Section | undefined) => (section?.data as { plots: Drawn[] } | undefined)?.plots ?? [];

describe('sections of charts', () => {
  it('are absent where there is no data, and there where there is', () => {
    const ids = (result: ResultFile) => CHARTS.flatMap((make) => make(modelOf(result))?.id ?? []);
    expect(ids(rich)).toEqual([
      ...['throughput', 'latency', 'distribution', 'series', 'sweeps', 'contention', 'lateness', 'fleet', 'cost'],
    ]);
    expect(ids({ ...rich, cells: [] })).toEqual([]);
    expect(ids(only(({ scenario }) => scenario.name === 'scheduled'))).not.toContain('throughput');
  });

  it('show every trial as a dot, and lay several files over each other by label', () => {
    const one = only(({ id }) => id === 'throughput redis' || (id.startsWith('throughput') && id.endsWith('redis')));
    const html = markupOf(throughput(modelOf(one, one)));
    expect(html.match(/<circle class="dot"/g)).toHaveLength(3 * 2 * 2);
    expect(html).toContain('redis · file 1');
    expect(html).toContain('redis · file 2');
  });

  it('lay the loads of a single adapter over each other, and keep those of several apart', () => {
    const latencies = rich.cells.filter(({ scenario }) => scenario.name === 'latency');
    const loads = (adapters: readonly string[]) =>
      ['100', '200', '400'].flatMap((rate) =>
        adapters.flatMap((name) => {
          const cell = latencies.find(({ adapter, status }) => adapter.name === name && status === 'ok');
          if (cell === undefined) throw new Error(`there is no latency of ${name}`);
          const params = { ...cell.scenario.params, rate };
          return [{ ...cell, id: `latency/rate=${rate} ${name}`, scenario: { ...cell.scenario, params } }];
        }),
      );
    const drawn = (adapters: readonly string[]) =>
      plotsOf(latency(modelOf({ ...rich, cells: loads(adapters) }))).map(({ columns }) => columns.length - 1);
    const spans = drawn(['memory']).length;
    expect(drawn(['memory'])).toEqual(Array(spans).fill(3));
    expect(drawn(['memory', 'redis'])).toEqual(Array(spans * 3).fill(2));
  });

  it('strike through what is invalid, and name in red what started early', () => {
    const html = markupOf(lateness(modelOf(rich)));
    expect(html).toMatch(/<s>hasty<\/s> <b class="bad">\d+ early<\/b>/);
    expect(html.match(/class="early"/g)).toHaveLength(1);
  });

  it('mark the best of each curve', () => {
    const throughputs = only(({ scenario, adapter }) => scenario.name === 'throughput' && adapter.name === 'sqlite');
    const [enqueue] = plotsOf(sweeps(modelOf(throughputs)));
    expect(enqueue?.columns[0]).toEqual([1, 5, 20, 50]);
    expect(enqueue?.peaks).toEqual([{ line: 0, at: 2 }]);
  });

  it('have a heat map and a plot for each placement', () => {
    const section = contention(modelOf(rich));
    expect(plotsOf(section)).toHaveLength(3);
    expect(markupOf(section)).toContain(
      'role="img" aria-label="sqlite, jobs on the web server&#39;s event loop: alone',
    );
  });

  it('count time from the end of the warm-up, and scale by what was measured after it', () => {
    const latencies = only(({ scenario, adapter }) => scenario.name === 'latency' && adapter.name === 'memory');
    const [settled] = plotsOf(timeSeries(modelOf(latencies)));
    expect(settled?.shade?.to).toBe(0);
    expect(settled?.shade?.from).toBeLessThan(-0.9);
    const [x = [], line = []] = settled?.columns ?? [];
    const most = (from: number, to: number) =>
      Math.max(...line.map((value, at) => ((x[at] ?? 0) >= from && (x[at] ?? 0) < to ? (value ?? 0) : 0)));
    expect(most(-9, 0)).toBeGreaterThan(settled?.y.max ?? Number.POSITIVE_INFINITY);
    expect(most(0.5, 99)).toBeLessThanOrEqual(settled?.y.max ?? 0);
  });

  it('draw levels that shared a trial once', () => {
    const { questions } = modelOf(only(({ scenario }) => scenario.name === 'contention'));
    const cells = questions[0]?.cells ?? [];
    const names = runsOf(cells).map(({ name }) => name);
    expect(names).toHaveLength(new Set(names).size);
    expect(names.length).toBe(
      new Set(cells.map(({ cell, contender }) => contender.key + cell.scenario.params.placement)).size,
    );
  });
});

describe('the Pareto set', () => {
  it('has what nothing else beats in both, and one of equals', () => {
    const points = [
      { x: 1, y: 9 },
      { x: 2, y: 5 },
      { x: 2, y: 7 },
      { x: 3, y: 5 },
      { x: 4, y: 1 },
    ];
    expect(paretoSet(points.toReversed())).toEqual([points[0], points[1], points[4]]);
    expect(paretoSet([])).toEqual([]);
  });

  it('names points that lie on each other in one text, and each of the others in its own', () => {
    const point = (letter: string, x: number, y: number) => ({ letter, name: letter, className: '', x, y });
    const points = [point('a', 1, 500), point('b', 1.001, 501), point('c', 2, 500), point('d', 1, 100)];
    const { markup } = scatter({
      ...{ points, best: [], steps: 'none' },
      x: { label: 'cost', unit: 'usd' },
      y: { label: 'p99, ms', unit: 'ms' },
    });
    const letters = [...markup.matchAll(/class="letter"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(letters).toEqual(['a b', 'c', 'd']);
  });
});
