import { describe, expect, it } from 'vitest';
import { backlogText, idleText, sweepText } from '../../bench/page/scaling.js';

describe('a sweep on the page', () => {
  const host = { noise: { load1: 0.5 } };
  const file = (flags: string, cells: readonly object[]) => ({
    ...{ cells, host },
    run: { command: ['run', ...flags.split(' ')], startedAt: '2026-01-02T03:04:05Z' },
  });
  const measured = (low: number, median: number, high: number, n = 2) => ({ median, low, high, n });
  const cell = (label: string, params: object, summary: object, more: object = {}) => ({
    ...{ status: 'ok', summary, trials: [{}, {}], adapter: { label }, scenario: { params } },
    metrics: Object.fromEntries(
      ['idle_cpu', 'wakeups', 'queries', 'pickup', 'enqueue_p50', 'enqueue_p99'].map((name) => [name, { unit: 'ms' }]),
    ),
    ...more,
  });
  const rate = { drain_rate: measured(8000, 10_000, 12_500) };
  const workers = { param: 'workers', metrics: ['drain_rate'] };

  it('has a row for each value, with the cost of a job, and the word for a cell without a number', () => {
    const failed = cell('sqlite', { workers: 2 }, {}, { status: 'failed', reason: 'a deadline passed' });
    const text = sweepText(workers, { a: file('--workers 1,2', [failed, cell('sqlite', { workers: 1 }, rate)]) });
    expect(text).toContain('| 1 | 10.0k/s, 100 µs [80.0 125] |\n| 2 | failed |');
    expect(text).toContain('- 2: failed (a deadline passed).');
    expect(text).toContain('`jobbench run --workers 1,2`, 2026-01-02, 2 trials a cell');
    expect(text).toContain('in brackets the least and the greatest');
  });

  it('puts runs into one table, and tells the command of each', () => {
    const one = file('--adapter sqlite', [cell('sqlite', { workers: 1 }, rate)]);
    const other = file('--adapter redis', [cell('redis', { workers: 1 }, rate)]);
    const text = sweepText(workers, { one, other });
    expect(text).toContain('| workers | `sqlite` | `redis` |');
    expect(text).toMatch(/^- `jobbench run --adapter sqlite`.*\n- `jobbench run --adapter redis`/m);
    expect(sweepText(workers, {})).toBe('_Not measured yet._');
  });

  it('says what more workers are worth, where trials agree on it', () => {
    const at = (value: number, low: number, median: number, high: number) =>
      cell('redis', { workers: value }, { drain_rate: measured(low, median, high) });
    const cells = [
      at(2, 15_000, 15_200, 16_000),
      at(1, 9000, 10_000, 11_000),
      at(3, 10_900, 12_000, 13_000),
      at(4, 1, 2, 3),
    ];
    const text = sweepText({ ...workers, grows: 'Times one' }, { one: file('', cells) });
    expect(text).toContain('Times one (the same: trials overlap): `redis` 1.52 at 2, 0.000200 at 4.');
    const alike = file('', [at(1, 9000, 10_000, 11_000), at(2, 10_900, 12_000, 13_000)]);
    expect(sweepText({ ...workers, grows: 'Times one' }, { alike })).toContain(': `redis` the same.');
    expect(sweepText(workers, { alike })).not.toContain('the same');
  });

  it('names what its commands have and its files do not', () => {
    const runs = {
      one: { args: ['--adapter', 'sqlite,memory'] },
      other: { args: ['--adapter', 'redis'] },
    };
    const one = file('--adapter sqlite', [cell('sqlite', { workers: 1 }, rate)]);
    const text = sweepText({ ...workers, runs }, { one });
    expect(text).toContain('- Not measured yet: `memory` of `jobbench run --adapter sqlite,memory`.');
    expect(text).toContain('- Not measured yet: `jobbench run --adapter redis`.');
    const both = file('', [cell('sqlite', { workers: 1 }, rate), cell('memory', { workers: 1 }, rate)]);
    const all = { one: both, other: file('', [cell('redis', { workers: 1 }, rate)]) };
    expect(sweepText({ ...workers, runs }, all)).not.toContain('Not measured');
  });

  it('has no rate of trials in whose steady part nothing ended', () => {
    const text = sweepText(workers, {
      one: file('', [cell('redis', { workers: 1 }, { drain_rate: measured(0, 5, 10) })]),
    });
    expect(text).toContain('- `redis`, 1: no number (a trial had too few jobs).');
  });

  it('shows a backlog by adapter and depth, and why a figure is not there', () => {
    const all = { held_rate: measured(100, 100, 100), enqueue_rate: measured(1, 1, 1), drain_rate: measured(1, 1, 1) };
    const times = { enqueue_p50: measured(0.1, 0.2, 0.3), enqueue_p99: measured(1, 2, 3) };
    const deep = cell('redis', { depth: 100_000 }, { ...all, ...times });
    const { drain_rate: _, ...rest } = all;
    const refused = { drain_rate: 'needs more jobs' };
    const shallow = cell('redis', { depth: 1000 }, { ...rest, ...times }, { refused });
    const sweep = { param: 'depth', write: (depth: number) => `${depth} jobs` };
    const lines = backlogText(sweep, { one: file('', [deep, shallow]) }).split('\n');
    expect(lines[2]).toBe(
      '| `redis` | 1000 jobs | 100/s, 10,000 µs | 1.00/s, 1,000,000 µs | 0.200 [0.100 0.300] | 2.00 [1.00 3.00] | - |',
    );
    expect(lines[3]).toMatch(/^\| `redis` \| 100000 jobs \|/);
    expect(lines).toContain('- drained, `redis` 1000 jobs: no number (needs more jobs).');
  });

  it('shows what a rest costs beside the jobs after a long and a short one', () => {
    const rest = { idle_cpu: measured(0.1, 0.1, 0.1, 1), wakeups: measured(5, 5, 5, 1) };
    const resources = { gcMs: 30 };
    const nobody = { refused: { queries: 'there is nobody to ask' } };
    const idle = ['memory', 'threads'].map((label) =>
      cell(
        label,
        { duration: 60_000 },
        { ...rest, pickup: measured(4, 4, 4, 1) },
        { ...nobody, trials: [{ resources }] },
      ),
    );
    const pickup = [cell('memory', {}, { ...rest, pickup: { ...measured(1, 2, 3, 6), confidence: 0.969 } })];
    const text = idleText({}, { idle: file('--duration 1m', idle), pickup: file('--duration 1s', pickup) });
    expect(text).toContain(
      '| `memory` | 0.100 | 0.0500 | 5.00 | - | 4.00 | 2.00 [1.00 3.00] |\n| `threads` | 0.100 | 0.0500 | 5.00 | - | 4.00 |  |',
    );
    expect(text).toContain('- queries/s, `memory`, `threads`: no number (there is nobody to ask).');
    expect(text).toMatch(/--duration 1m`.*load average 0\.5\.$/m);
    expect(text).toMatch(/--duration 1s`.*in brackets an interval of 96\.9 %\.$/m);
  });
});
