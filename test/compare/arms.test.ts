import { describe, expect, it } from 'vitest';
import { type Arms, compareArms, isDisturbed } from '../../src/compare/arms.js';
import type { RowOptions } from '../../src/compare/rows.js';
import type { Cell, Trial } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';

const ARMS: Arms = { base: 'old', head: 'new' };
const compared = (cells: readonly Cell[], options: Partial<RowOptions> = {}, arms = ARMS) =>
  compareArms(runOf('one', cells), arms, { floorOf: () => undefined, ...options }, 1);
const values = { drain_rate: around(1000), total_p99: around(5) };
/** A change to the trials of some blocks. */
const inBlocks = (blocks: readonly number[], change: (trial: Trial) => unknown) => (cell: Cell) => {
  for (const trial of cell.trials) if (blocks.includes(trial.block)) change(trial);
};
const setAside = (trial: Trial) => Object.assign(trial, { setAside: 'the clock was stepped' });
const warn = (code: string, message: string) => (trial: Trial) =>
  Object.assign(trial, { warnings: [{ code, message }] });
const disturb = (trial: Trial) => Object.assign(trial, { setAside: 'the host took 12 % away' });

describe('two arms', () => {
  it('are paired by block, in whatever order their trials stand', () => {
    const old = cellOf('throughput old', { drain_rate: around(1000) });
    const slow = cellOf('throughput new', { drain_rate: around(500) }, (cell) => cell.trials.reverse());
    const { rows, verdict, blocks, kind, base, head } = compared([slow, old]);
    expect(rows[0]?.samples).toMatchObject({ cell: 'throughput', metric: 'drain_rate', pairing: 'interleaved' });
    expect(rows[0]?.samples.base).toEqual(around(1000));
    expect(rows[0]?.samples.head).toEqual(around(500));
    expect(blocks).toEqual({ measured: 12, dropped: 0, looks: 1, reasons: [] });
    expect([kind, base.label, head.label, verdict]).toEqual(['ab', 'old', 'new', 'regression']);
    expect(compared([old, cellOf('throughput new', { drain_rate: around(1000, 12, 1) })]).verdict).toBe('pass');
  });
  it('are compared only where they ask the same', () => {
    const rates = ['rate=100', 'rate=200'].flatMap((rate, i) => [
      cellOf(`latency/${rate} old`, { total_p99: around(5 + i) }),
      cellOf(`latency/${rate} new`, { total_p99: around(5 + i, 12, 1) }),
    ]);
    const { rows } = compared(rates.reverse());
    expect(rows.map(({ samples }) => samples.cell)).toEqual(['latency/rate=200', 'latency/rate=100']);
    for (const { samples } of rows) expect(samples.head[0]).toBeCloseTo(samples.base[0] ?? 0, 0);
  });
  it('are judged by the metrics that were named, and by no others', () => {
    const cells = [cellOf('throughput old', values), cellOf('throughput new', values)];
    expect(compared(cells).rows.map(({ samples }) => samples.metric)).toEqual(['drain_rate', 'total_p99']);
    const { rows, threshold } = compared(cells, { metrics: ['total_p99'], threshold: 0.5 });
    expect(rows.map(({ samples }) => samples)).toMatchObject([{ metric: 'total_p99', threshold: 0.5, gated: true }]);
    expect(threshold).toBe('50%');
  });
  it('say what the machine can see: by metric, and by cell where there are several', () => {
    const cell = (question: string, by: number) => [
      cellOf(`${question} old`, { drain_rate: around(1000), total_p99: around(5) }),
      cellOf(`${question} new`, { drain_rate: around(1000, 12, 1), total_p99: around(5, 12, by) }),
    ];
    const size = '\\d+(\\.\\d)?%';
    expect(compared(cell('latency/rate=100', 1)).notes[0]).toMatch(
      new RegExp(`^with 12 blocks this machine can see a change of ${size} in drain_rate, ${size} in total_p99$`),
    );
    const two = compared([...cell('latency/rate=100', 1), ...cell('latency/rate=200', 2)]).notes[0] ?? '';
    expect(two).toMatch(new RegExp(`in total_p99 of latency/rate=100; ${size} in drain_rate, .* of latency/rate=200$`));
    expect(two.match(/rate=100/g)).toHaveLength(1);
  });
  it('that promise different things gate all the same, with a note', () => {
    const weak = cellOf('throughput new', { drain_rate: around(500) }, (cell) => {
      cell.adapter.traits.durability = 'memory';
    });
    const strong = cellOf('throughput old', { drain_rate: around(1000) });
    const { rows, verdict, notes } = compared([strong, weak]);
    expect([verdict, rows[0]?.samples.gated]).toEqual(['regression', true]);
    expect(notes.join('\n')).toMatch(/the arms promise different things \(old: .*; new: .*memory\)/);
    const same = cellOf('throughput new', { drain_rate: around(1000, 12, 1) });
    expect(compared([strong, same]).notes.join('\n')).not.toContain('promise');
  });
});

describe('a block that was disturbed from outside', () => {
  it('in either arm is left out of both, and counted once', () => {
    const old = cellOf('throughput old', values, inBlocks([2], setAside));
    const now = cellOf('throughput new', values, inBlocks([2, 7], disturb));
    const comparison = compared([old, now]);
    const left = values.drain_rate.filter((_, block) => block !== 2 && block !== 7);
    expect(comparison.rows[0]?.samples).toMatchObject({ base: left, head: left });
    expect(comparison.blocks).toMatchObject({ measured: 12, dropped: 2 });
    expect(comparison.blocks?.reasons.join()).toContain('the host took 12 % away');
    expect(isDisturbed(comparison)).toBe(false);
  });
  it('is left out for no other warning, and for none of its numbers', () => {
    const wild = cellOf('throughput new', { drain_rate: around(1000).map((value, i) => (i === 3 ? 1 : value)) });
    inBlocks([4], warn('colocated', 'few cores'))(wild);
    const { blocks, rows } = compared([cellOf('throughput old', { drain_rate: around(1000) }), wild]);
    expect([blocks?.dropped, rows[0]?.samples.head.length]).toEqual([0, 12]);
  });
  it.each([
    [[0, 1, 2], false, 'pass'],
    [[0, 1, 2, 3], true, 'missing'],
  ])('blocks %j of 12: too many is %s', (blocks, tooMany, verdict) => {
    const rate = { drain_rate: around(1000) };
    const steady = { drain_rate: around(1000).map((value) => value * 1.0001) };
    const now = cellOf('throughput new', steady, inBlocks(blocks, setAside));
    const comparison = compared([cellOf('throughput old', rate), now]);
    expect([isDisturbed(comparison), comparison.verdict]).toEqual([tooMany, verdict]);
    if (tooMany) expect(comparison.rows[0]?.sentence).toBe('too many blocks were disturbed from outside');
  });
});

describe('a cell without numbers on one side is missing, and nothing passes', () => {
  const sound = cellOf('throughput old', values);
  it.each<[string, (cell: Cell) => unknown, RegExp]>([
    ['invalid', (cell) => Object.assign(cell, { status: 'invalid', reason: '3 jobs lost' }), /^invalid in new: 3 jobs/],
    [
      'failed',
      (cell) => Object.assign(cell, { status: 'failed', error: { code: 'TIMEOUT', message: 'waited 60 s' } }),
      /^failed in new: waited 60 s$/,
    ],
    [
      'skipped',
      (cell) => Object.assign(cell, { status: 'skipped', reason: 'no server' }),
      /^skipped in new: no server$/,
    ],
  ])('%s', (_status, change, sentence) => {
    const broken = cellOf('throughput new', values, change);
    const { rows, verdict } = compared([sound, broken]);
    expect(rows).toMatchObject([
      {
        verdict: /^(invalid|failed) in/.test(rows[0]?.sentence ?? '') ? 'broken' : 'missing',
        sentence: expect.stringMatching(sentence),
      },
    ]);
    expect([verdict, rows[0]?.samples.gated]).toEqual([rows[0]?.verdict, true]);
    const mirrored = { base: ARMS.head, head: ARMS.base };
    expect(compared([sound, broken], {}, mirrored).verdict).toBe(verdict);
  });
  it('absent', () => {
    const { rows, verdict } = compared([sound]);
    expect([verdict, rows[0]?.sentence]).toEqual(['missing', 'new does not have this cell']);
  });
  const WHY = 'needs more jobs: they took 42 ms, and a rate needs 50';
  const lacking = (label: string, blocks: readonly number[], why: string) =>
    cellOf(`throughput ${label}`, values, (cell) => {
      inBlocks(blocks, (trial) => delete trial.values.drain_rate)(cell);
      cell.refused = { drain_rate: why };
    });
  it('too few samples in a trial: its pair is left out of that metric alone, and said', () => {
    const { rows, verdict, notes } = compared([lacking('old', [5], WHY), lacking('new', [7], WHY)]);
    const left = values.drain_rate.filter((_, block) => block !== 5 && block !== 7);
    expect(rows.map(({ samples }) => samples.base)).toEqual([left, values.total_p99]);
    expect([verdict, rows[0]?.samples.head]).toEqual(['pass', left]);
    expect(notes).toContain(
      `left out, because a trial had too few samples: 2 of 12 pairs of drain_rate of throughput (${WHY})`,
    );
  });
  it('too few samples in more than a quarter: missing, with how many and what helps', () => {
    const { rows, verdict } = compared([sound, lacking('new', [0, 3, 5, 7], WHY)]);
    expect([verdict, rows.at(-1)?.sentence]).toEqual([
      'missing',
      `new has no drain_rate in 4 of 12 trials: ${WHY}; a longer --duration, or more --jobs, gives it more`,
    ]);
  });
  it('refused in one trial: only where it went well is no sample', () => {
    const refused = cellOf('throughput new', values, (cell) => {
      inBlocks([5], (trial) => delete trial.values.total_p99)(cell);
      cell.refused = { total_p99: 'UNSTABLE (backlog +12 jobs/s)' };
    });
    const { rows, verdict } = compared([sound, refused]);
    expect(verdict).toBe('missing');
    expect(rows.at(-1)?.sentence).toBe('new has no total_p99: UNSTABLE (backlog +12 jobs/s)');
  });
});
