/** What is said around the rows of a comparison: first, last, and where nothing can be concluded. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/compare/judge.js';
import type { Comparison, Judged, Verdict } from '../../src/core/comparison.js';
import { renderMarkdown } from '../../src/report/comparison/markdown.js';
import { nextStep } from '../../src/report/comparison/next.js';
import { outcomeText } from '../../src/report/comparison/summary.js';
import { renderComparison } from '../../src/report/comparison/table.js';
import { comparisonFixture, HOSTILE, row } from '../fixtures/comparison.js';

const side = (label: string, source = label) => ({ label, source });

function ab(verdict: Verdict, base: string, head: string): Comparison {
  const rows = [row('latency/rate=200', 'total_p50', verdict, [1, 2], 0.5, 'a sentence')];
  return { ...comparisonFixture(), kind: 'ab', verdict, base: side(base), head: side(head), rows };
}

/** The adapters of one file, compared with memory. */
function within(verdict: Verdict, rows: readonly Judged[], heads: string): Comparison {
  const base = side('memory', 'run.json');
  return { ...comparisonFixture(), verdict, base, head: side(heads, 'run.json'), rows };
}

describe('the next step after ab', () => {
  it.each<[Verdict, string, string, string]>([
    ['regression', 'sqlite', 'redis', 'jobbench run --adapter sqlite,redis --scenario latency --trials 6'],
    [
      'small',
      'sqlite',
      'sqlite?synchronous=full',
      "jobbench run --adapter 'sqlite,sqlite?synchronous=full' --scenario latency --trials 6",
    ],
    [
      'improvement',
      'queue (./base/queue.js)',
      'queue (./head/queue.js)',
      'jobbench run --adapter ./base/queue.js,./head/queue.js --scenario latency --trials 6',
    ],
    ['pass', 'sqlite', 'redis', 'jobbench ab --aa --a sqlite --scenario latency'],
    ['pass', 'sqlite?lease=5s (A)', 'sqlite?lease=5s (B)', "jobbench ab --aa --a 'sqlite?lease=5s' --scenario latency"],
    ['regression', 'sqlite (A)', 'sqlite (B)', 'jobbench doctor'],
    ['inconclusive', 'sqlite', 'redis', 'jobbench doctor'],
    ['broken', 'sqlite', 'redis', 'jobbench run --adapter sqlite,redis --scenario latency --trials 1 --keep'],
  ])('%s of %s and %s', (verdict, base, head, command) => {
    expect(nextStep(ab(verdict, base, head)).command).toBe(command);
  });
  it.each([
    ['$(x)', "'$(x)'"],
    ["a'b", "'a'\\''b'"],
    ['./my queue/x.js', "'./my queue/x.js'"],
    ['a;b', "'a;b'"],
    ['仕事', "'仕事'"],
  ])('quotes an arm called %j', (name, quoted) => {
    const commands = (['pass', 'broken'] as const).map((verdict) => nextStep(ab(verdict, name, name)).command);
    expect(commands[0]).toBe(`jobbench ab --aa --a ${quoted} --scenario latency`);
    expect(commands[1]).toBe(`jobbench run --adapter ${quoted} --scenario latency --trials 1 --keep`);
  });
  it.each(['--out=x', 'a`b', 'two\nlines', 'a::b', HOSTILE])('repeats no arm called %j', (name) => {
    const commands = (['regression', 'pass', 'broken'] as const).map((verdict) => nextStep(ab(verdict, name, name)));
    for (const { command } of commands) expect(command).not.toContain(name);
    for (const { command } of commands) expect(command).toMatch(/^jobbench [\w -]+$/);
  });
});

describe('the next step after compare --by adapter', () => {
  const judged = (verdict: Verdict, cell: string) => row(cell, 'drain_rate', verdict, [2, 1], 0.5, 'a sentence');
  it('is a gate of the two that differ', () => {
    const rows = [judged('regression', 'throughput redis (at-least-once, memory)')];
    const { command } = nextStep(within('regression', rows, 'sqlite, redis'));
    expect(command).toBe('jobbench ab --a memory --b redis --scenario throughput');
  });
  it('is the same with more trials where nothing can be told', () => {
    const rows = [judged('inconclusive', 'throughput redis'), judged('inconclusive', 'latency redis')];
    const { command } = nextStep(within('inconclusive', rows, 'sqlite, redis'));
    expect(command).toBe('jobbench run --adapter memory,sqlite,redis --scenario throughput,latency --trials 12');
  });
  it('of two files names no adapter: which code was measured nobody knows', () => {
    const rows = [judged('regression', 'throughput redis')];
    expect(nextStep({ ...comparisonFixture(), verdict: 'regression', rows }).command).toBe('jobbench ab --help');
  });
});

describe('a comparison of a trial or two a side', () => {
  const few = (count: number, gated: boolean, metric = 'drain_rate') => {
    const { samples } = row('throughput redis', metric, 'inconclusive', [100, 90], 0, '');
    const { history: _, ...rest } = samples;
    const cut = (values: readonly number[]) => values.slice(0, count);
    return { ...rest, pairing: 'interleaved' as const, gated, base: cut(samples.base), head: cut(samples.head) };
  };
  const of = (...samples: Parameters<typeof judge>[0][number][]) =>
    within('inconclusive', judge(samples, 'only'), 'redis');

  it('says so once, first, and has no sentence for each metric', () => {
    const comparison = of(few(1, true), few(2, true, 'enqueue_rate'));
    const text = renderComparison(comparison);
    const start = '1 or 2 trials a side cannot conclude anything: it takes 8, better 12, as of --trials 12';
    expect(text.slice(0, start.length + 12)).toBe(`${start}\n\nthroughput`);
    expect(text).not.toContain('too few');
    expect(renderMarkdown(comparison)).toMatch(/^### jobbench: .*\n\n1 or 2 trials a side cannot conclude anything/);
  });
  it('says how many it takes between runs, and the next step has them though a side lacks something', () => {
    const apart = { ...few(2, true), pairing: 'apart' as const };
    expect(renderComparison(of(apart))).toMatch(/^2 trials a side cannot conclude anything: it takes 5, better 12/);
    const whole = row('latency redis', 'total_p99', 'missing', [2, 1], 0, 'redis lacks it');
    const lacking = { ...whole, samples: { ...whole.samples, head: [] } };
    const comparison = within('missing', [...judge([few(2, true)], 'only'), lacking], 'redis');
    expect(nextStep(comparison).command).toBe(
      'jobbench run --adapter memory,redis --scenario throughput,latency --trials 12',
    );
  });
  it('shows medians only, where no row gates, and folds them in Markdown', () => {
    const comparison = of(few(1, false), few(1, false, 'enqueue_rate'));
    expect(renderComparison(comparison)).toMatch(/^1 trial a side .*\n\nthroughput +base +head +n\n/);
    expect(renderComparison(comparison)).not.toMatch(/\(inconclusive\)|Hodges/);
    const text = renderMarkdown(comparison);
    expect(text).toMatch(
      /#### throughput\n\n<details><summary>2 rows that gate nothing and say nothing<\/summary>\n\n\| \|/,
    );
    expect(text).toMatch(/\| \(inconclusive\) \|\n\n<\/details>\n\n/);
  });
  it('is not spoken of where a row has trials enough', () => {
    const text = renderComparison(of(few(1, true), few(12, true, 'enqueue_rate')));
    expect(text).not.toContain('cannot conclude anything');
    expect(text).toContain('1 block is too few; 8 blocks give an interval');
  });
});

describe('an outcome', () => {
  it('counts what would have gated, and has no number on either side', () => {
    const [first] = comparisonFixture().rows;
    if (first === undefined) throw new Error('the fixture has rows');
    const comparison = { ...comparisonFixture(), rows: [first] };
    expect(outcomeText(comparison)).toMatch(/^REGRESSION: 1 of 1 gated row got worse/);
    expect(outcomeText({ ...comparison, unjudged: 2 })).toMatch(/1 of 1 gated row \(2 more could not be judged\) got/);
  });
  it('has an interval whose ends are said as the sentence says them', () => {
    const [first] = comparisonFixture().rows;
    if (first?.effect === undefined) throw new Error('the fixture has an effect');
    const effect = { ...first.effect, low95: -0.312, high95: 2.2 };
    const text = renderComparison({ ...comparisonFixture(), rows: [{ ...first, effect, detectable: 1.6 }] });
    expect(text).toContain('[-45.3% 3.2x]');
    expect(text).toMatch(/can\s+see:\s+finds\s+a\s+change\s+of\s+that\s+size\s+in\s+4\s+of\s+5/);
  });
});
