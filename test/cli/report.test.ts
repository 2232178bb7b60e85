import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultFixture } from '../fixtures/result.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';
import { jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-report-'));
  writeFileSync(join(dir, 'a.json'), JSON.stringify(resultFixture()));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const report = (...args: string[]) => jobbench(['report', ...args], dir);
const read = (name: string) => readFileSync(join(dir, name), 'utf8');

describe('report', () => {
  it('writes a page, says where, and prints nothing else', async () => {
    expect(await report('a.json', '--html', 'out/r.html')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Report: out/r.html\n',
    });
    expect(read('out/r.html')).toMatch(/^<!doctype html>/);
  });
  it('prints Markdown and writes a page at once', async () => {
    const { code, stdout } = await report('a.json', '--markdown', '--html', 'r.html');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^### jobbench: throughput, latency, contention\n/);
    expect(existsSync(join(dir, 'r.html'))).toBe(true);
  });
  it('prints CSV', async () =>
    expect((await report('a.json', '--csv')).stdout).toMatch(/^file,run,cell,.*\r\na,k3f9x2,/));
  it('lays files over each other by label, and says what changed', async () => {
    const put = (name: string, rate: number) =>
      writeFileSync(
        join(dir, name),
        JSON.stringify(runOf(name, [cellOf('throughput x', { drain_rate: around(rate) })])),
      );
    put('b.json', 1000);
    put('c.json', 700);
    const { code, stdout } = await report('before=b.json', 'after=c.json', '--markdown', '--html', 'r.html');
    expect(code).toBe(0);
    expect(stdout).toContain('**after** against **before**: DIFFERS');
    expect(read('r.html')).toContain('x · before');
  });
  it('shows files that measured different things, and says that they cannot be compared', async () => {
    const other = resultFixture();
    other.run.id = 'other';
    for (const cell of other.cells) cell.scenario.params = { ...cell.scenario.params, payload: 4096 };
    writeFileSync(join(dir, 'b.json'), JSON.stringify(other));
    const { code, stdout } = await report('a.json', 'b.json', '--markdown');
    expect(code).toBe(0);
    expect(stdout).toContain('payload');
  });
});

describe('a mistake is answered by one sentence and exit code 2', () => {
  it.each([
    ['', /missing required argument 'files'/],
    ['a.json', /what to make: --html report\.html, --markdown or --csv/],
    ['a.json --html report.json', /--html report\.json: a report ends in \.html/],
    ['a.json --html /proc/x/r.html', /cannot write \/proc\/x\/r\.html \(.*choose another place with --html/],
    ['a.json --markdown --csv', /cannot be used with option/],
    ['b.json --csv', /b\.json/],
    ['a.json --csv --by adaptr', /"adaptr" is not allowed; did you mean adapter\?/],
  ])('report %s', async (args, sentence) => {
    const { code, stdout, stderr } = await report(...args.split(' ').filter(Boolean));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
