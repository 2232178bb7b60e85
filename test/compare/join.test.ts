import { describe, expect, it } from 'vitest';
import { joinFiles, type Named } from '../../src/compare/join.js';
import type { RowOptions } from '../../src/compare/rows.js';
import type { Cell, ResultFile } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

const NO_HISTORY: RowOptions = { floorOf: () => undefined };
const named = (label: string, file: ResultFile): Named => ({ label, source: `${label}.json`, file });
const join = (base: readonly Cell[], head: readonly Cell[], options: Partial<RowOptions> = {}, runs = ['one', 'two']) =>
  joinFiles(named('base', runOf(runs[0] ?? '', base)), named('head', runOf(runs[1] ?? '', head)), {
    ...NO_HISTORY,
    ...options,
  });
const values = { drain_rate: around(1000), total_p99: around(5), total_max: around(9) };

describe('rows of two files', () => {
  it('are joined on cell and metric, in the order of the base', () => {
    const a = cellOf('latency sqlite', values);
    const b = cellOf('latency redis', values);
    const { samples, missing, refusals } = join([a, b], [b, a]);
    expect(samples.map(({ id }) => id)).toEqual(
      ['sqlite', 'redis'].flatMap((label) => Object.keys(values).map((metric) => `latency ${label} ${metric}`)),
    );
    expect([missing, refusals]).toEqual([[], []]);
  });
  it.each([
    [['one', 'one'], 'interleaved', undefined],
    [['one', 'two'], 'apart', 'none'],
  ])('of runs %j are %s', (runs, pairing, history) => {
    const cells = [cellOf('latency sqlite', values)];
    expect(join(cells, cells, {}, runs).samples[0]).toMatchObject({ pairing, floor: 0.02 });
    expect(join(cells, cells, {}, runs).samples[0]?.history).toBe(history);
  });
  it('of runs that share no more than a short id are apart', () => {
    const cells = [cellOf('latency sqlite', values)];
    const later = runOf('one', cells, (file) => Object.assign(file.run, { startedAt: '2026-12-01T10:00:00.000Z' }));
    const { samples } = joinFiles(named('base', runOf('one', cells)), named('head', later), NO_HISTORY);
    expect(samples[0]?.pairing).toBe('apart');
  });
  it('say so when both files are one run', () => {
    const cells = [cellOf('latency sqlite', values)];
    expect(join(cells, cells, {}, ['one', 'one']).notes[0]).toMatch(/^base and head are the same run \(one\)/);
    expect(join(cells, cells).notes).toEqual([]);
  });
  it('take the noise floor of the history, never less than 2 %', () => {
    const cells = [cellOf('latency sqlite', values)];
    const floorOf = (scenario: string, _: string, metric: string) =>
      scenario === 'latency' && metric === 'total_p99' ? 0.08 : metric === 'drain_rate' ? 0.001 : undefined;
    expect(join(cells, cells, { floorOf }).samples).toMatchObject([
      { metric: 'drain_rate', floor: 0.02, history: 'learned' },
      { metric: 'total_p99', floor: 0.08, history: 'learned' },
      { metric: 'total_max', floor: 0.02, history: 'none' },
    ]);
  });
  it('of one run are paired by block; blocks of one side only are left out and counted', () => {
    const base = cellOf('latency sqlite', { total_p50: [1, 2, 3, 4] });
    const head = cellOf('latency sqlite', { total_p50: [10, 20, 30] }, (cell) => {
      cell.trials = cell.trials.map((trial) => ({ ...trial, block: trial.block + 1 })).reverse();
    });
    const { samples, notes } = join([base], [head], {}, ['one', 'one']);
    expect(samples[0]).toMatchObject({ base: [2, 3, 4], head: [10, 20, 30] });
    expect(notes).toContainEqual('1 block is left out, because only one side has them');
  });
  it('gate by metric where nobody names one, with a threshold of their own', () => {
    const all = { ...values, achieved_rate: around(200), total_p50: around(1) };
    const cells = [cellOf('latency sqlite', all)];
    expect(join(cells, cells).samples.map(({ metric, gated, threshold }) => [metric, gated, threshold])).toEqual([
      ['drain_rate', true, 0.05],
      ['achieved_rate', false, 0.05],
      ['total_p50', true, 0.1],
      ['total_p99', true, 0.25],
      ['total_max', false, 0.25],
    ]);
  });
  it('are only those that were named, all gate, with the threshold that was given', () => {
    const cells = [cellOf('latency sqlite', values)];
    const { samples } = join(cells, cells, { metrics: ['total_max'], threshold: 0.5 });
    expect(samples).toMatchObject([{ metric: 'total_max', gated: true, threshold: 0.5 }]);
  });
});

describe('what one side lacks never passes', () => {
  const whole = cellOf('latency sqlite', values);
  it.each<[string, Cell[], string]>([
    ['the cell', [], 'head does not have this cell'],
    ['a number, invalid', [{ ...whole, status: 'invalid', reason: 'lost 3' }], 'invalid in head: lost 3'],
    [
      'a number, failed',
      [{ ...whole, status: 'failed', error: { code: 'X', message: 'late' } }],
      'failed in head: late',
    ],
    ['a number, skipped', [{ ...whole, status: 'skipped' }], 'skipped in head: no reason given'],
  ])('%s', (_, head, sentence) => {
    const { samples, missing } = join([whole], head);
    expect(samples).toEqual([]);
    const verdict = /^(invalid|failed)/.test(sentence) ? 'broken' : 'missing';
    expect(missing).toMatchObject([{ verdict, sentence, samples: { metric: '*', gated: true } }]);
    expect(join(head, [whole]).missing[0]?.sentence).toBe(sentence.replace('head', 'base'));
  });
  it('a metric, with the reason of the file, and what the other side has', () => {
    const head = cellOf('latency sqlite', { ...values, total_p99: [] }, (cell) => {
      cell.refused = { total_p99: 'UNSTABLE (backlog +12 jobs/s)' };
    });
    expect(join([whole], [head]).missing).toMatchObject([
      {
        verdict: 'missing',
        sentence: 'head has no total_p99: UNSTABLE (backlog +12 jobs/s)',
        samples: { metric: 'total_p99', gated: true, head: [] },
        base: { n: 12 },
      },
    ]);
  });
  it('a metric that only some trials have: the rest are those in which it went well', () => {
    const head = cellOf('latency sqlite', { ...values, total_p99: around(5, 11) });
    expect(join([whole], [head]).missing[0]?.sentence).toBe('head has no total_p99: only 11 of 12 trials have it');
  });
  it('named metrics each get their row', () => {
    const { missing } = join([whole], [], { metrics: ['total_p99', 'drain_rate', 'unknown'] });
    expect(missing.map(({ samples }) => samples.metric)).toEqual(['total_p99', 'drain_rate']);
  });
  it('but what neither side has is a note', () => {
    const skipped: Cell = { ...whole, status: 'skipped', reason: 'no redis' };
    const { samples, missing, notes } = join([skipped], [skipped]);
    expect([samples, missing]).toEqual([[], []]);
    expect(notes[0]).toMatch(/^no number on either side: latency sqlite \(skipped in base: no redis; skipped in head/);
  });
});

describe('unlike cells are refused, by field', () => {
  it.each<[string, (cell: Cell) => void, string, string, string]>([
    ['payload', (cell) => Object.assign(cell.scenario.params, { payload: 1024 }), 'params.payload', '256', '1024'],
    ['work', (cell) => Object.assign(cell.scenario.params, { work: 'cpu:5ms' }), 'params.work', 'noop', 'cpu:5ms'],
    ['a param more', (cell) => Object.assign(cell.scenario.params, { batch: 1 }), 'params.batch', 'absent', '1'],
    [
      'an option that was asked for',
      (cell) => Object.assign(cell.adapter, { label: 'sqlite?gap=1&lease=5', options: { lease: 5 } }),
      'options.lease',
      'absent',
      '5',
    ],
    [
      'an option under a label that is not ours',
      (cell) => Object.assign(cell.adapter, { label: 'mine', options: { lease: 5 } }),
      'options.lease',
      'absent',
      '5',
    ],
    [
      'delivery',
      (cell) => Object.assign(cell.adapter.traits, { delivery: 'at-most-once' }),
      'delivery',
      'at-least-once',
      'at-most-once',
    ],
    [
      'durability',
      (cell) => Object.assign(cell.adapter.traits, { durability: 'memory' }),
      'durability',
      'process-crash',
      'memory',
    ],
    ['the scenario', (cell) => Object.assign(cell.scenario, { name: 'other' }), 'scenario', 'latency', 'other'],
    ['the adapter', (cell) => Object.assign(cell.adapter, { name: 'other' }), 'adapter', 'sqlite', 'other'],
  ])('%s', (_, change, field, base, head) => {
    const [a, b] = [cellOf('latency sqlite', values), cellOf('latency sqlite', values, change)];
    expect(join([a], [b]).refusals).toEqual([{ cell: 'latency sqlite', field, base, head }]);
    expect(join([a], [a]).refusals).toEqual([]);
  });
  it('a simulated run and a measured one, even where they share no cell', () => {
    const measured = named('base', runOf('one', [cellOf('latency sqlite', values)]));
    const simulated = (id: string) =>
      named(
        'head',
        runOf('two', [cellOf(id, values)], (file) => Object.assign(file.run, { virtual: true })),
      );
    const refusal = { field: 'run.virtual', base: 'absent (measured)', head: 'true (simulated)' };
    for (const id of ['latency sqlite', 'keepwarm spawn-vm'])
      expect(joinFiles(measured, simulated(id), NO_HISTORY).refusals).toMatchObject([refusal]);
    expect(joinFiles(simulated('a'), simulated('a'), NO_HISTORY).refusals).toEqual([]);
  });
  it('an option that both have, and that differs by its default', () => {
    const by = (lease: number) =>
      cellOf('latency sqlite', values, (cell) => Object.assign(cell.adapter, { options: { lease } }));
    expect(join([by(5)], [by(6)]).refusals).toMatchObject([{ field: 'options.lease', base: '5', head: '6' }]);
  });
  it('but an option that one side does not know, and the other left alone, is a note', () => {
    const knows = (id: string) =>
      cellOf(id, values, (cell) => {
        Object.assign(cell.adapter, { label: 'sqlite?leases=2', options: { lease: 5 } });
      });
    const ids = ['latency sqlite', 'throughput sqlite'];
    const [older, newer] = [ids.map((id) => cellOf(id, values)), ids.map(knows)];
    const what = 'compared, although one side does not know an option that the other left at its default';
    const forth = join(older, newer);
    expect([forth.refusals, forth.samples.length]).toEqual([[], 6]);
    expect(forth.notes).toEqual([`${what}: options.lease of sqlite (5 in head)`]);
    expect(join(newer, older).notes).toEqual([`${what}: options.lease of sqlite (5 in base)`]);
  });
  it('the order of keys makes nothing unlike', () => {
    const withOptions = (options: Record<string, unknown>) =>
      cellOf('latency sqlite', values, (cell) => Object.assign(cell.adapter, { options: options }));
    const [a, b] = [withOptions({ x: { p: 1, q: [2] }, y: 3 }), withOptions({ y: 3, x: { q: [2], p: 1 } })];
    expect(join([a], [b]).refusals).toEqual([]);
  });
});

describe('a load that was left to be a share of what was measured', () => {
  const under = (setting: string) => cellOf('latency sqlite', values, (cell) => Object.assign(cell, { setting }));
  it.each([
    ['200/s', '20/s', 1],
    ['1,250/s = 50 %', '1,190/s = 50 %', 0],
    ['539 req/s', '430 req/s', 1],
    ['5,000 jobs', '9,000 jobs', 0],
  ])('%s and %s', (ours, theirs, refusals) => {
    expect(join([under(ours)], [under(theirs)]).refusals).toHaveLength(refusals);
  });
});

describe('other differences are told', () => {
  it('of machine, versions, settings and load, each once', () => {
    const cells = ['latency sqlite', 'throughput sqlite'].map((id) =>
      cellOf(id, values, (cell) => {
        cell.adapter.versions = { 'better-sqlite3': '13.0.0' };
        cell.adapter.effective = { journal_mode: 'wal' };
        cell.setting = '104/s = 50 % of capacity';
      }),
    );
    const others = ['latency sqlite', 'throughput sqlite'].map((id) =>
      cellOf(id, values, (cell) => {
        cell.adapter.versions = { 'better-sqlite3': '12.0.0' };
        cell.setting = '100/s = 50 % of capacity';
      }),
    );
    const base = runOf('one', others);
    const head = runOf('two', cells, (file) => Object.assign(file.host, { cpu: 'Other', node: 'v22.0.0' }));
    const { differences, refusals } = joinFiles(named('base', base), named('head', head), NO_HISTORY);
    expect(refusals).toEqual([]);
    expect(differences).toEqual([
      { field: 'cpu', base: 'AMD EPYC', head: 'Other' },
      { field: 'node', base: 'v20.20.2', head: 'v22.0.0' },
      { field: 'sqlite: version of better-sqlite3', base: '12.0.0', head: '13.0.0' },
      { field: 'sqlite: journal_mode', base: 'absent', head: 'wal' },
      { field: 'load of latency sqlite', base: '100/s = 50 % of capacity', head: '104/s = 50 % of capacity' },
      { field: 'load of throughput sqlite', base: '100/s = 50 % of capacity', head: '104/s = 50 % of capacity' },
    ]);
  });
});

describe('a file that jobbench did not write so', () => {
  const whole = cellOf('latency sqlite', values);
  it('holds a cell twice', () =>
    expect(() => join([whole], [whole, whole])).toThrow('head holds the cell "latency sqlite" twice'));
  it('holds two trials of one block', () => {
    const twice = cellOf('latency sqlite', values, (cell) => {
      for (const trial of cell.trials) trial.block = 0;
    });
    expect(() => join([whole], [twice])).toThrow('two trials of block 0');
  });
  it.each(['constructor', 'toString', '__proto__'])('names a metric %s', (metric) => {
    expect(join([whole], [whole], { metrics: [metric] }).samples).toEqual([]);
  });
});
