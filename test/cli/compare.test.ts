import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adapterOf } from '../../src/compare/join.js';
import { emptyHistory } from '../../src/core/history.js';
import type { Cell, ResultFile } from '../../src/core/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';
import { built, jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-compare-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const rates = (rate: number, change?: (cell: Cell) => unknown) =>
  cellOf('throughput sqlite', { drain_rate: around(rate) }, change);

/** Writes a run as `<name>.json`. Runs of one id are one run. */
function put(name: string, cells: readonly Cell[], id = name, change?: (file: ResultFile) => unknown): string {
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(runOf(id, cells, change)));
  return `${name}.json`;
}

function history(entries: readonly number[]): void {
  const fixed = { at: '', machine: 'AMD EPYC, 2 cores, x64', code: 'v1', trials: 12 };
  const all = entries.map((base, i) => ({
    ...fixed,
    run: `r${i}`,
    scenario: 'throughput',
    adapter: adapterOf(cellOf('throughput sqlite', {})),
    cell: 'throughput sqlite',
    metric: 'drain_rate',
    base,
    head: base,
  }));
  writeFileSync(join(dir, 'history.json'), JSON.stringify({ ...emptyHistory(), entries: all }));
}

const compare = (args: readonly string[], env?: Record<string, string>) => jobbench(['compare', ...args], dir, env);

describe('help', () => {
  it('starts with examples, fits 100 columns, and says the exit codes', async () => {
    const { code, stdout, stderr } = await jobbench(['compare', '--help'], dir);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Examples:\n {2}jobbench compare /);
    expect(stdout).toMatch(/\n {2}99 {3}regression\n/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('a mistake is answered by one sentence, exit code 2, and nothing on stdout', () => {
  it.each([
    ['', /missing required argument 'base'/],
    ['a.json', /compare needs two files, BASE and HEAD, or one with --by adapter/],
    ['a.json b.json c.json', /too many arguments/],
    ['a.json b.json --by adapter', /--by adapter compares inside one file: name one file only/],
    ['a.json --by scenario', /--by: "scenario" is not allowed\. It takes adapter/],
    ['a.json b.json --base sqlite', /--base names an adapter, and is for --by adapter/],
    ['a.json --by adapter --base sqlit', /fewer than two adapters/],
    ['a.json b.json --threshold 5', /--threshold: "5" is not allowed; write a percentage from 2% to 500%: 5%/],
    ['a.json b.json --threshold 1%', /--threshold: "1%" is not allowed/],
    [
      'a.json b.json --format tabel',
      /--format: "tabel" is not allowed; did you mean table\? It takes table, markdown,/,
    ],
    ['a.json b.json --json --format table', /--json and --format table cannot be used together/],
    ['a.json b.json --fail-on regresion', /--fail-on: "regresion" is not allowed; did you mean regression\? It takes/],
    ['a.json b.json --color pink', /--color: "pink" is not allowed\. It takes auto, always or never/],
    ['a.json b.json --export junit', /--export junit: write FORMAT=PATH/],
    [
      'a.json b.json --export junt=x.xml',
      /--export: "junt" is not allowed; did you mean junit\? It takes github-action/,
    ],
    ['a.json b.json --export junit=a.json/x.xml', /cannot write .*x\.xml/],
    ['a.json b.json --metric drane_rate', /has no metric "drane_rate"; did you mean drain_rate\? Metrics: drain_rate/],
    ['a.json b.json --metric drain_rate,', /--metric: a name is missing/],
    ['a.json b.json --history no.json', /cannot read .*no\.json \(ENOENT\): check the path/],
    ['a.json no.json', /cannot read .*no\.json \(ENOENT\): check the path/],
    ['x=a.json y=no.json', /cannot read .*no\.json/],
    ['a.json b.json --frmat json', /unknown option '--frmat'\n\(Did you mean --format\?\)/],
  ])('%s', async (line, sentence) => {
    put('a', [rates(1000)]);
    put('b', [rates(1000)]);
    const before = readdirSync(dir);
    const { code, stdout, stderr } = await compare(line === '' ? [] : line.split(' '));
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^jobbench: /);
    expect([code, stdout]).toEqual([2, '']);
    expect(readdirSync(dir)).toEqual(before);
  });
});

describe('the exit code', () => {
  const regressed = ['base.json', 'head.json'];
  it.each<[string, number, string, string[], number]>([
    ['a regression', 880, 'base', [], 99],
    ['a regression that may not fail', 880, 'base', ['--fail-on', 'never'], 0],
    ['a regression below the threshold', 880, 'base', ['--threshold', '30%'], 0],
    ['no change', 1000, 'base', ['--fail-on', 'inconclusive'], 0],
    ['an improvement', 1200, 'base', [], 0],
    ['a difference between runs, without history', 880, 'head', [], 0],
    ['a difference that must be told', 880, 'head', ['--fail-on', 'inconclusive'], 5],
  ])('of %s', async (_, rate, run, options, expected) => {
    put('base', [rates(1000)]);
    put('head', [cellOf('throughput sqlite', { drain_rate: around(rate, 12, 1) })], run);
    expect((await compare([...regressed, ...options])).code).toBe(expected);
  });
  it('of a regression between runs, with history', async () => {
    put('base', [rates(1000)]);
    put('head', [rates(800)]);
    history([1000, 1002, 998, 1001, 999]);
    const { code, stdout } = await compare(regressed);
    expect(stdout).toContain('noise between runs: 5 A/A runs of this machine in history.json');
    expect([code, stdout]).toEqual([99, expect.stringContaining('REGRESSION: 1 of 1 gated row')]);
  });
  it('of the same, where runs of identical code fall as far apart', async () => {
    put('base', [rates(1000)]);
    put('head', [rates(800)]);
    history([1000, 900, 1100, 950, 1050]);
    const { code, stdout } = await compare([...regressed, '--fail-on', 'inconclusive']);
    expect(stdout).not.toContain('REGRESSION');
    expect(code).toBe(5);
  });
  it('of a history of another machine is that of none', async () => {
    put('base', [rates(1000)]);
    put('head', [rates(800)], 'head', (file) => Object.assign(file.host, { cores: 64 }));
    history([1000, 1002, 998, 1001, 999]);
    const { code, stdout } = await compare(regressed);
    expect(stdout).toContain('different machines');
    expect([code, stdout]).toEqual([0, expect.stringContaining('DIFFERS')]);
  });
  it('of a cell that one side lacks', async () => {
    put('base', [rates(1000), cellOf('latency sqlite', { total_p50: around(1) })]);
    put('head', [rates(1000)], 'base');
    const { code, stdout } = await compare(regressed);
    expect(stdout).toContain('latency sqlite: head.json does not have this cell');
    expect(code).toBe(2);
    expect((await compare([...regressed, '--fail-on', 'never'])).code).toBe(0);
    // A regression that was found is one, whatever else is missing.
    put('head', [rates(800)], 'base');
    expect((await compare(regressed)).code).toBe(99);
  });
  it('of unlike cells: nothing is compared', async () => {
    put('base', [rates(1000)]);
    put('head', [rates(1000, (cell) => Object.assign(cell.scenario.params, { payload: 1024, work: 'cpu:5ms' }))]);
    const { code, stdout, stderr } = await compare(['main=base.json', 'mine=head.json', '--fail-on', 'never']);
    expect(stderr).toBe(
      'jobbench: unlike things cannot be compared: params.work of "throughput sqlite" is noop in main and cpu:5ms in mine (also params.payload); run both with the same settings\n',
    );
    expect([code, stdout]).toEqual([2, '']);
  });
  it('of an option that one side does not know: refused where the other asked for it', async () => {
    const knows = (label: string) =>
      rates(1000, (cell) => Object.assign(cell.adapter, { label, options: { busy: 'retry' } }));
    put('base', [rates(1000)]);
    put('head', [knows('sqlite?busy=retry')]);
    expect(await compare(['base.json', 'head.json'])).toMatchObject({
      code: 2,
      stderr:
        'jobbench: unlike things cannot be compared: options.busy of "throughput sqlite" is absent in base.json and retry in head.json; leave an option that one side does not know at its default, or measure both with it\n',
    });
    put('head', [knows('sqlite')]);
    const { code, stdout } = await compare(['base.json', 'head.json']);
    expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining('options.busy of sqlite (retry in head.json)'),
    ]);
  });
  it('of files without a number in common', async () => {
    const skipped = rates(1000, (cell) => Object.assign(cell, { status: 'skipped', reason: 'no redis-server' }));
    put('base', [skipped]);
    put('head', [skipped]);
    const { code, stderr } = await compare(regressed);
    expect(stderr).toMatch(/there is nothing to compare: no cell has numbers \(.*no redis-server/);
    expect(code).toBe(2);
  });
});

describe('adapters of one run', () => {
  const cells = ['sqlite', 'redis'].map((label, i) => cellOf(`latency ${label}`, { total_p50: around(1 + i / 2) }));
  it('are shown, and fail only on request', async () => {
    put('run', cells);
    const { code, stdout } = await compare(['run.json', '--by', 'adapter']);
    expect(stdout).toMatch(/ {2}redis\n {4}total_p50 ms .*50\.\d % worse .*REGRESSION/);
    expect(stdout).toContain('base of every row is sqlite, the first adapter of the file; --base takes another');
    expect(stdout).toContain('Base: sqlite: run.json of 2026');
    expect(code).toBe(0);
    expect((await compare(['run.json', '--by', 'adapter', '--fail-on', 'regression'])).code).toBe(99);
    expect((await compare(['run.json', '--by', 'adapter', '--base', 'redis', '--fail-on', 'regression'])).code).toBe(0);
  });
  it('across promises decide nothing, which is no pass either', async () => {
    const other = cells.map((cell, i) => structuredClone(i === 0 ? cell : Object.assign(cell, {})));
    Object.assign(other[1]?.adapter.traits ?? {}, { durability: 'memory' });
    put('run', other);
    const { code, stdout } = await compare(['run.json', '--by', 'adapter', '--fail-on', 'regression']);
    expect(stdout).toContain('redis (at-least-once, memory)');
    expect([code, stdout]).toEqual([2, expect.stringContaining('NOTHING GATED')]);
  });
});

describe('what is written', () => {
  beforeEach(() => {
    put('base', [rates(1000)]);
    put('head', [rates(800)], 'base');
  });
  const files = ['base.json', 'head.json'];

  it('--json is one document', async () => {
    const { stdout, code } = await compare([...files, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'jobbench-comparison', version: 1, verdict: 'regression' });
    expect(code).toBe(99);
  });
  it('has no colour unless asked', async () => {
    expect((await compare(files)).stdout).not.toContain('\u001b');
    expect((await compare([...files, '--color', 'always'])).stdout).toContain('\u001b[31mREGRESSION');
    expect((await compare(files, { FORCE_COLOR: '1' })).stdout).toContain('\u001b[31m');
    expect((await compare(files, { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b');
  });
  it('--format github ends with annotations', async () => {
    const { stdout } = await compare([...files, '--format', 'github']);
    expect(stdout).toMatch(
      /\n::error title=jobbench regression%3A throughput sqlite drain_rate::drain is 25 %25 worse.*\n$/,
    );
  });
  it('the summary of the job is appended to, in every format, up to its limit', async () => {
    const env = { GITHUB_STEP_SUMMARY: join(dir, 'summary.md') };
    writeFileSync(env.GITHUB_STEP_SUMMARY, 'before\n');
    const { stderr } = await compare([...files, '--json'], env);
    expect(stderr).toBe('');
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(/^before\n### jobbench: REGRESSION/);
    writeFileSync(env.GITHUB_STEP_SUMMARY, 'x'.repeat(899_500));
    await compare(files, env);
    expect(statSync(env.GITHUB_STEP_SUMMARY).size).toBeLessThan(2 ** 20);
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toContain('1 row is left out');
  });
  it('a summary that cannot be written is said, and changes nothing', async () => {
    const path = join(dir, 'no', 'such', 'folder');
    const { code, stdout, stderr } = await compare(files, { GITHUB_STEP_SUMMARY: path });
    expect(stderr).toBe(`jobbench: the summary of the job was not written to ${path} (ENOENT)\n`);
    expect([code, stdout]).toEqual([99, expect.stringContaining('REGRESSION')]);
  });
  it('exports go where they were told to', async () => {
    const exports = ['junit=out/j.xml', 'bencher=bmf.json', 'github-action-benchmark=out/gab', 'json=c.json'];
    const { stderr } = await compare([...files, ...exports.flatMap((each) => ['--export', each])]);
    expect(readFileSync(join(dir, 'out', 'j.xml'), 'utf8')).toContain('failures="1"');
    expect(JSON.parse(readFileSync(join(dir, 'bmf.json'), 'utf8'))).toMatchObject({
      'throughput sqlite': { drain_rate: { value: expect.closeTo(800, -1) } },
    });
    expect(readdirSync(join(dir, 'out', 'gab'))).toEqual(['bigger-is-better.json', 'smaller-is-better.json']);
    expect(JSON.parse(readFileSync(join(dir, 'c.json'), 'utf8')).verdict).toBe('regression');
    expect(stderr.match(/^Export: /gm)).toHaveLength(5);
  });
  it('by the built program just so', async () => {
    const { code, stdout, stderr } = await built(['compare', ...files], dir);
    expect([code, stderr]).toEqual([99, '']);
    expect(stdout).toMatch(/Base: base\.json of .*\nHead: head\.json of .*\nNext: jobbench /);
  });
});
