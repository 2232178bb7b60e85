import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readAssets } from '../../src/cli/reportassets.js';
import { standingsOf } from '../../src/compare/standings.js';
import type { Cell, ResultFile } from '../../src/core/result.js';
import { renderCsv } from '../../src/report/csv.js';
import { h, scriptJson } from '../../src/report/html/markup.js';
import { type ReportOptions, reportModel } from '../../src/report/html/model.js';
import { page } from '../../src/report/html/page.js';
import { resultFixture } from '../fixtures/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';
import { richResult } from '../support/richresult.js';

const assets = await readAssets();

function modelOf(results: readonly ResultFile[], options: ReportOptions = {}) {
  const files = results.map((result, at) => ({ label: `file ${at + 1}`, name: 'x.json', result }));
  return reportModel(files, { standings: results.map(standingsOf), ...options });
}

const pageOf = (results: readonly ResultFile[], options?: ReportOptions) => page(modelOf(results, options), assets);
const section = (html: string, id: string) =>
  new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(html)?.[0] ?? '';
const textIn = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

/** The row of the summary that begins with this metric, as texts of its cells. */
function row(html: string, metric: string): string[] {
  const rows = section(html, 'summary').match(/<tr[^>]*><th scope="row">[\s\S]*?<\/tr>/g) ?? [];
  const found = rows.find((one) => textIn(one).trim().startsWith(metric)) ?? '';
  return (found.match(/<td[\s\S]*?<\/td>/g) ?? []).map((cell) => textIn(cell).trim());
}

describe('a page', () => {
  const html = pageOf([resultFixture()]);

  it('allows nothing but what is in it, by hash', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toContain('unsafe');
    const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [scripts, styles] = [/<script>([\s\S]*?)<\/script>/g, /<style>([\s\S]*?)<\/style>/g].map((pattern) =>
      [...html.matchAll(pattern)].map((match) => hash(match[1])),
    );
    expect(scripts?.length).toBeGreaterThan(2);
    for (const one of [...(scripts ?? []), ...(styles ?? [])]) expect(policy).toContain(one);
  });
  it('has no style or handler that the policy would refuse, and no address', () => {
    const markup = html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/\sstyle=/);
    expect(markup).not.toMatch(/\son[a-z]+=/i);
    expect(markup).not.toMatch(/https?:\/\//);
    expect(markup).not.toMatch(/<(img|link|iframe|object|embed|base|form)\b/);
  });
  it('has the verdict first, and says each id once', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const sections = [...html.matchAll(/<section id="([^"]*)"/g)].map((match) => match[1]);
    expect(sections.slice(0, 2)).toEqual(['verdict', 'summary']);
    expect(sections.slice(-3)).toEqual(['promises', 'machine', 'raw']);
  });
  it('strikes through what is not valid, with the reason', () => {
    const text = section(html, 'verdict');
    expect(text).toMatch(/INVALID<\/span> <s>spawn-vm \(throughput\)<\/s>: 3 of 10,000 accepted jobs were lost/);
    expect(row(html, 'drain')).toContain('INVALID');
  });
  it('can give back the file as it is', () => {
    const [, data = ''] = /id="data-raw">([\s\S]*?)<\/script>/.exec(html) ?? [];
    const downloads: { name: string; packed: string }[] = JSON.parse(data);
    const unpacked = (name: string) => {
      const found = downloads.find((one) => one.name === name)?.packed ?? '';
      return gunzipSync(Buffer.from(found, 'base64')).toString();
    };
    expect(JSON.parse(unpacked('file-1.json'))).toEqual(JSON.parse(JSON.stringify(resultFixture())));
    expect(unpacked('jobbench.csv')).toBe(renderCsv([{ label: 'file 1', result: resultFixture() }]));
  });
  it('says on its own that nothing was measured', () => {
    const result = resultFixture();
    result.cells = [];
    const empty = pageOf([result]);
    expect(empty).toContain('<section id="machine"');
    expect(empty).not.toContain('<section id="summary"');
  });
});

describe('numbers', () => {
  const memory = (cell: Cell) => Object.assign(cell.adapter.traits, { durability: 'memory' });
  const run = runOf('r', [
    cellOf('throughput a', { drain_rate: around(1000) }),
    cellOf('throughput b', { drain_rate: around(500, 12, 1) }),
    cellOf('throughput c', { drain_rate: around(9000, 12, 2) }, memory),
  ]);

  it('have a colour only where the trials establish a difference', () => {
    const html = section(pageOf([run]), 'summary');
    expect(html).toMatch(/class="badge best"[^>]*>best</);
    expect(html).toMatch(/class="badge behind"[^>]*>2\.0x</);
    const few = structuredClone(run);
    for (const cell of few.cells) cell.trials = cell.trials.slice(0, 5);
    const open = section(pageOf([few]), 'summary').replace(/<p class="note">[\s\S]*/, '');
    expect(open).not.toMatch(/class="badge (best|behind)"/);
    expect(open).toMatch(/class="badge open"[^>]*>~2\.0x</);
  });
  it('are not ranked across promises', () => expect(row(pageOf([run]), 'drain')[2]).toMatch(/^9\.00k \[/));
  it('of several files stand beside each other by label', () => {
    const html = pageOf([run, runOf('s', run.cells)]);
    expect(textIn(section(html, 'summary'))).toContain('a · file 1');
    expect(textIn(section(html, 'summary'))).toContain('b · file 2');
  });
  it.each([
    ['adapter', ['a', 'b', 'c']],
    ['file', ['file 1']],
    ['given', ['given ']],
  ])('are grouped by %s', (by, groups) => {
    const html = section(pageOf([run], { by }), 'summary');
    expect([...html.matchAll(/data-group="([^"]*)"/g)].map((match) => match[1]?.trim())).toEqual(
      groups.map((group) => group.trim()),
    );
  });
});

describe('lines', () => {
  const rich = richResult();
  const heads = (by: string, id: string) =>
    [...section(pageOf([rich], { by }), id).matchAll(/<h5>([^<]*)<\/h5>/g)].map((match) => match[1]);

  it.each(['latency', 'distribution', 'series'])('of %s are grouped by what was asked for', (id) => {
    expect(heads('adapter', id)).toEqual(expect.arrayContaining(['sqlite', 'redis', 'spawn-vm']));
    expect(heads('rate', id)).toEqual(expect.arrayContaining(['rate 100', 'rate 400']));
    expect(heads('scenario', id)).not.toContain('sqlite');
  });
});

describe('the page in docs', () => {
  it('holds the reference run: after a new one, `npm run docs`', () => {
    const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const [, data = ''] = /id="data-raw">([\s\S]*?)<\/script>/.exec(file('docs/report.html')) ?? [];
    const downloads: { name: string; packed: string }[] = JSON.parse(data);
    const packed = downloads.find(({ name }) => name === 'reference.json')?.packed ?? '';
    const held = gunzipSync(Buffer.from(packed, 'base64')).toString();
    expect(JSON.parse(held)).toEqual(JSON.parse(file('results/reference.json')));
  });
});

describe('text of a file', () => {
  const nasty = '</script><script>alert(1)</script>"\'><img src=x onerror=alert(1)>&lt;\u202e\u0000';
  it('is escaped wherever it stands', () => {
    const text = JSON.stringify(resultFixture());
    const hostile: ResultFile = JSON.parse(text, (key, value) =>
      typeof value === 'string' && !['status', 'better', 'startedAt', 'finishedAt'].includes(key)
        ? value + nasty
        : value,
    );
    const html = pageOf([hostile]);
    expect(html).not.toContain('<img src=x');
    const scripts = (text: string) => text.match(/<script/g)?.length ?? 0;
    expect(scripts(html)).toBeLessThanOrEqual(scripts(pageOf([resultFixture()])));
    expect(html).not.toMatch(/\p{Cf}/u);
  });
  it('is no markup in a template, and markup stays what it is', () => {
    expect(h`<b title="${nasty}">${h`<i>`}${[1, undefined, 'a<']}</b>`.markup).toMatch(
      /^<b title="&#60;[^"<>']*"><i>1a&#60;<\/b>$/,
    );
  });
  it('cannot end the data of a section', () => {
    expect(scriptJson({ a: '</script><!--' })).not.toContain('<');
    expect(JSON.parse(scriptJson({ a: '</script>\u2028' }))).toEqual({ a: '</script>\u2028' });
  });
  it('may name metrics and params like methods of objects', () => {
    const result = resultFixture();
    for (const cell of result.cells) {
      cell.metrics = { constructor: { label: 'x', unit: 'ms', better: 'lower' as const }, ...cell.metrics };
      cell.scenario.params = { toString: 1, ...cell.scenario.params };
      cell.scenario.name = 'constructor';
    }
    expect(() => pageOf([result], { by: 'valueOf' })).not.toThrow();
  });
});
