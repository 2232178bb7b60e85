import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { floorsOf, learnedFrom, machineOf, t995 } from '../../src/compare/history.js';
import { joinFiles } from '../../src/compare/join.js';
import { emptyHistory, type HistoryEntry } from '../../src/core/history.js';
import { appendHistory, historyPath, MOST_ENTRIES, readHistory } from '../../src/store/history.js';
import { cellOf, runOf } from '../fixtures/runs.js';

const entry = (rest: Partial<HistoryEntry> = {}): HistoryEntry => ({
  run: 'a1',
  at: '2026-11-21T10:00:00.000Z',
  machine: 'here',
  code: 'v1',
  scenario: 'throughput',
  adapter: 'sqlite',
  cell: 'throughput sqlite',
  metric: 'drain_rate',
  base: 100,
  head: 100,
  trials: 12,
  ...rest,
});
const historyOf = (entries: readonly HistoryEntry[]) => ({ ...emptyHistory(), entries: [...entries] });
const runs = (values: readonly number[], rest: Partial<HistoryEntry> = {}) =>
  values.map((base, i) => entry({ run: `r${i}`, base, head: base, ...rest }));
const floor = (entries: readonly HistoryEntry[], machine = 'here') =>
  floorsOf(historyOf(entries), machine)('throughput', 'sqlite', 'drain_rate');

describe('the noise floor', () => {
  it('is half a 99 % prediction interval of the difference of two runs', () => {
    const logs = [-0.02, -0.01, 0, 0.01, 0.02];
    const sd = Math.sqrt(logs.reduce((sum, x) => sum + x * x, 0) / 4);
    const values = logs.map((x) => 100 * Math.exp(x));
    expect(floor(runs(values))).toBeCloseTo(Math.expm1(4.604 * Math.SQRT2 * sd), 2);
  });
  it.each([
    ['no history', []],
    ['four runs', runs([100, 101, 99, 100])],
    ['five entries of one run', runs([100, 101, 99, 100, 102]).map((one) => ({ ...one, run: 'same' }))],
    ['five runs of another machine', runs([100, 101, 99, 100, 102], { machine: 'there' })],
    ['five runs of another metric', runs([100, 101, 99, 100, 102], { metric: 'enqueue_rate' })],
    ['five runs, each of other code', runs([100, 101, 99, 100, 102]).map((one, i) => ({ ...one, code: `v${i}` }))],
  ])('is unknown with %s', (_, entries) => expect(floor(entries)).toBeUndefined());
  it('pools cells and versions, but takes no difference between them for noise', () => {
    const small = runs([100, 100.1, 99.9], { cell: 'throughput sqlite' });
    const large = runs([9000, 9009, 8991], { cell: 'throughput redis' });
    expect(floor([...small, ...large])).toBeLessThan(0.02);
  });
  it('is never below what two arms of one run showed', () => {
    const quiet = runs([100, 100, 100, 100, 100]);
    expect(floor(quiet)).toBe(0);
    expect(floor([...quiet, entry({ run: 'wild', base: 100, head: 112 })])).toBeCloseTo(0.12, 6);
    expect(floor([...quiet, entry({ run: 'wild', base: 100, head: 100 / 1.12 })])).toBeCloseTo(0.12, 6);
  });
  // Student's t, 99.5 %, from any table.
  it.each([
    [4, 4.604],
    [8, 3.355],
    [20, 2.845],
    [60, 2.66],
  ])('t of %i degrees of freedom', (freedom, t) => expect(Math.abs(t995(freedom) - t)).toBeLessThan(0.08));
});

it('the noise of one adapter says nothing of another', () => {
  const values = [100, 101, 99, 100, 102];
  expect(floor(runs(values))).toBeGreaterThan(0);
  expect(floor(runs(values, { adapter: 'threads' }))).toBeUndefined();
});

describe('what a run adds', () => {
  it('is the medians of both arms, where there is a ratio', () => {
    const file = runOf('one', [cellOf('throughput sqlite', { drain_rate: [1, 2, 9], total_p99: [0, 1, 2] })]);
    const side = { label: 'a', source: 'a', file };
    const { samples } = joinFiles(side, side, { floorOf: () => undefined });
    const facts = { run: 'one', at: file.run.startedAt, machine: machineOf(file.host) };
    expect(learnedFrom(samples, facts, () => ({ scenario: 'throughput', adapter: 'sqlite', code: 'v1' }))).toEqual([
      { ...entry(), ...facts, base: 2, head: 2, trials: 3, machine: 'AMD EPYC, 2 cores, x64' },
    ]);
  });
});

describe('the history file', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'jobbench-history-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('lies beside the results, begins empty, and grows', async () => {
    const path = historyPath(join(dir, 'results', 'head.json'));
    expect(path).toBe(join(dir, 'results', 'history.json'));
    expect(await readHistory(path)).toEqual(emptyHistory());
    expect(existsSync(path)).toBe(false);
    await appendHistory(path, [entry()]);
    await appendHistory(path, [entry({ run: 'a2' })]);
    expect((await readHistory(path)).entries.map(({ run }) => run)).toEqual(['a1', 'a2']);
    expect(readdirSync(join(dir, 'results'))).toEqual(['history.json']);
  });
  it('keeps the newest, and fields that it does not know', async () => {
    const path = join(dir, 'history.json');
    const many = Array.from({ length: MOST_ENTRIES }, (_, i) => entry({ run: `r${i}` }));
    writeFileSync(path, JSON.stringify({ ...historyOf(many), note: 'kept' }));
    await appendHistory(path, [entry({ run: 'last' })]);
    const { entries, note } = await readHistory(path);
    expect([entries.length, entries[0]?.run, entries.at(-1)?.run, note]).toEqual([MOST_ENTRIES, 'r1', 'last', 'kept']);
  });
  it.each([
    ['cut off', '{"format": "jobbench-history", "vers', 'it is damaged'],
    ['of another kind', '{"format": "other"}', 'another kind of file'],
    ['of a later version', '{"format": "jobbench-history", "version": 2, "entries": []}', 'reads version 1'],
    ['with a value of 0', JSON.stringify(historyOf([entry({ base: 0 })])), 'it is damaged'],
    ['with __proto__', '{"format": "jobbench-history", "version": 1, "entries": [], "__proto__": {}}', 'it is damaged'],
  ])('%s is refused, and left as it is', async (_, text, why) => {
    const path = join(dir, 'history.json');
    writeFileSync(path, text);
    const refusal = { code: 'USAGE', message: expect.stringContaining(why) };
    await expect(readHistory(path)).rejects.toMatchObject(refusal);
    await expect(appendHistory(path, [entry()])).rejects.toMatchObject(refusal);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
  it('that was named must be there', async () =>
    await expect(readHistory(join(dir, 'no.json'), 'must exist')).rejects.toThrow(/cannot read .*no\.json/));
});
