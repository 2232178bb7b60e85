/** Golden files: `npx vitest run test/report -u` writes them anew; read the difference before committing it. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/core/comparison.js';
import { renderBencher } from '../../src/report/comparison/bencher.js';
import { MOST_SUMMARY_BYTES, renderAnnotations, renderStepSummary } from '../../src/report/comparison/github.js';
import { renderGithubAction } from '../../src/report/comparison/githubaction.js';
import { renderJson } from '../../src/report/comparison/json.js';
import { renderJunit } from '../../src/report/comparison/junit.js';
import { renderMarkdown } from '../../src/report/comparison/markdown.js';
import { renderComparison } from '../../src/report/comparison/table.js';
import { columnsOf } from '../../src/report/text.js';
import { comparisonFixture, hostileComparison, missing, row } from '../fixtures/comparison.js';

const golden = (name: string) => new URL(`../fixtures/golden/${name}`, import.meta.url).pathname;
const widest = (text: string) => Math.max(...text.split('\n').map(columnsOf));

/** Every rendering of a comparison, by name. */
function renderings(comparison: Comparison): Record<string, string> {
  const { bigger, smaller } = renderGithubAction(comparison);
  return {
    'comparison.txt': renderComparison(comparison),
    'comparison-72.txt': renderComparison(comparison, { width: 72 }),
    'comparison.md': renderMarkdown(comparison),
    'comparison-annotations.txt': renderAnnotations(comparison),
    'comparison.json': renderJson(comparison),
    'comparison-bigger.json': bigger,
    'comparison-smaller.json': smaller,
    'comparison-bencher.json': renderBencher(comparison),
    'comparison-junit.xml': renderJunit(comparison),
  };
}

describe('a comparison', () => {
  it.each(Object.keys(renderings(comparisonFixture())))('is as it was in %s', async (name) => {
    await expect(renderings(comparisonFixture())[name]).toMatchFileSnapshot(golden(name));
  });
  it.each([100, 80, 72, 60])('keeps within %i columns of a terminal', (width) => {
    expect(widest(renderComparison(comparisonFixture(), { width }))).toBeLessThanOrEqual(width);
  });
  it('never uses more than 100 columns', () =>
    expect(renderComparison(comparisonFixture(), { width: 300 })).toBe(renderComparison(comparisonFixture())));
  it('says nothing by colour alone, and has none unless asked', () => {
    const plain = renderComparison(comparisonFixture());
    const colored = renderComparison(comparisonFixture(), { color: true });
    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[31mREGRESSION');
    expect(stripVTControlCharacters(colored).replace(/ +$/gm, '')).toBe(plain);
  });
  it('says when nothing gates, which is no pass', () => {
    const fixture = comparisonFixture();
    const rows = fixture.rows.map((each) => ({ ...each, samples: { ...each.samples, gated: false } }));
    const text = renderComparison({ ...fixture, rows, verdict: 'inconclusive' });
    expect(text).toContain('NOTHING GATED');
    expect(text).not.toMatch(/REGRESSION|MISSING/);
  });
  it('says a sentence once, however many rows it is about', () => {
    const rows = ['a', 'b', 'c'].map((name) =>
      missing(`latency ${name}`, 'total_p99', 'head has no total_p99: needs 1,000'),
    );
    const text = renderComparison({ ...comparisonFixture(), rows, verdict: 'missing' });
    expect(text).toContain('latency a total_p99 and 2 more: head has no total_p99: needs 1,000');
  });
});

describe('a summary of a job', () => {
  const many = (count: number) => ({
    ...comparisonFixture(),
    rows: Array.from({ length: count }, (_, i) =>
      row(`throughput/batch=${i} sqlite`, 'drain_rate', 'regression', [100, 90], 0.11, `drain ${i} is worse`),
    ),
  });
  it('is under 900 kB, whatever there is to say, and counts what it leaves out', () => {
    const text = renderStepSummary(many(12_000));
    expect(Buffer.byteLength(text)).toBeLessThan(MOST_SUMMARY_BYTES);
    expect(Buffer.byteLength(text)).toBeGreaterThan(MOST_SUMMARY_BYTES * 0.9);
    const left = Number(/(\d+) rows are left out/.exec(text)?.[1]);
    expect(text.match(/^\| batch/gm)?.length).toBe(12_000 - left);
  });
  it('leaves room for what the file holds already', () => {
    const text = renderStepSummary(many(12_000), 500_000);
    expect(Buffer.byteLength(text)).toBeLessThan(MOST_SUMMARY_BYTES - 500_000);
    expect(renderStepSummary(many(10), 10 * MOST_SUMMARY_BYTES)).toContain('10 rows are left out');
  });
  it('has at most ten annotations, the worst first', () => {
    const rows = [row('latency a', 'total_p50', 'inconclusive', [1, 1], 0, 'cannot tell'), ...many(15).rows];
    const lines = renderAnnotations({ ...comparisonFixture(), rows })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.slice(0, 9).every((line) => line.startsWith('::error title=jobbench regression%3A'))).toBe(true);
    expect(lines[9]).toBe('::warning title=jobbench::7 more rows did not pass: see the summary of the job');
    expect(renderAnnotations({ ...comparisonFixture(), rows: [] })).toBe('');
  });
});

describe('text of a file does no harm', () => {
  const outputs = renderings(hostileComparison());
  it.each(Object.keys(outputs))('in %s', (name) => {
    const text = outputs[name] ?? '';
    // Escape sequences, other control characters, marks that turn the direction of writing, halves of characters.
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\ufffe]/u);
    expect(text).not.toContain('owned');
    const commands = text.split('\n').filter((line) => /^\s*::|##\[/.test(line));
    if (name === 'comparison-annotations.txt') {
      expect(commands).toHaveLength(6);
      for (const line of commands) expect(line).toMatch(/^::(error|warning) title=[^:,]*::/);
    } else expect(commands).toEqual([]);
  });
  it('in Markdown: no HTML, link, mention, emoji, or cell of a table too many', () => {
    const text = outputs['comparison.md'] ?? '';
    expect(text).not.toMatch(/<img|@all|https:\/\/|www\.|:tada:|(?<!\\)\[a\]/);
    const cells = text.split('\n').filter((line) => line.startsWith('|'));
    for (const line of cells) expect(line.match(/(?<!\\)\|/g)).toHaveLength(9);
  });
  it('in XML: nothing but the elements that are ours', () => {
    const text = outputs['comparison-junit.xml'] ?? '';
    const elements = new Set([...text.matchAll(/<\/?([^\s>/]+)/g)].map(([, name]) => name));
    expect(elements).toEqual(
      new Set(['?xml', 'testsuites', 'testsuite', 'testcase', 'failure', 'error', 'skipped', 'system-out']),
    );
    expect(text).not.toMatch(/&(?!(amp|lt|gt|quot|apos);)/);
  });
  it('in JSON: a key is data', () => {
    const fixture = comparisonFixture();
    const [first] = fixture.rows;
    if (first === undefined) throw new Error('the fixture has rows');
    const samples = { ...first.samples, cell: '__proto__', metric: '__proto__' };
    const text = renderBencher({ ...fixture, rows: [{ ...first, samples }] });
    expect(text).toContain('"__proto__": {\n  "__proto__": {\n   "value"');
  });
});
