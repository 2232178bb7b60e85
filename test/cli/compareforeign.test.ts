/** Bad input: exit 2, one sentence, and nothing written, executed or shown that is not ours. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cell, ResultFile } from '../../src/core/result.js';
import { HOSTILE } from '../fixtures/comparison.js';
import { around, cellOf, runOf } from '../fixtures/runs.js';
import { jobbench } from './program.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-foreign-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const rates = (rate: number, change?: (cell: Cell) => unknown) =>
  cellOf('throughput sqlite', { drain_rate: around(rate) }, change);

function put(name: string, cells: readonly Cell[], id = name, change?: (file: ResultFile) => unknown): void {
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(runOf(id, cells, change)));
}

const compare = (args: readonly string[]) => jobbench(['compare', ...args], dir);

describe('a file from elsewhere', () => {
  const text = () => JSON.stringify(runOf('bad', [rates(1000)]));
  it.each<[string, () => string | Buffer, RegExp]>([
    ['cut off', () => text().slice(0, -200), /cannot be read as a result/],
    ['empty', () => '', /cannot be read as a result/],
    ['of another format', () => '{"format": "other", "version": 1}', /is not a jobbench result/],
    ['a list', () => '[]', /is not a jobbench result/],
    ['of a later version', () => text().replace('"version":1', '"version":2'), /has version 2 and this jobbench reads/],
    ['with NaN', () => text().replace('"seed":42', '"seed":NaN'), /cannot be read as a result/],
    ['with 1e999', () => text().replace('"seed":42', '"seed":1e999'), /a number that is not finite/],
    [
      'with a null for a number',
      () => text().replace('"cores":2', '"cores":null'),
      /not a valid result file: host\.cores/,
    ],
    ['with __proto__', () => text().replace('"seed":42', '"seed":42,"__proto__":{"x":1}'), /a key "__proto__"/],
    ['60 levels deep', () => text().replace('"seed":42', `"seed":42,"x":${'['.repeat(60)}${']'.repeat(60)}`), /nested/],
    ['of 200 MB', () => Buffer.alloc(200 * 2 ** 20, 0x20), /has 200 MB, more than the 64 MB allowed/],
    ['binary', () => Buffer.from([0xff, 0xfe, 0x00, 0xd8]), /is not a text file/],
  ])('%s: exit 2 and one sentence', async (_, content, sentence) => {
    put('good', [rates(1000)]);
    writeFileSync(join(dir, 'bad.json'), content());
    for (const files of [
      ['good.json', 'bad.json'],
      ['bad.json', 'good.json'],
    ]) {
      const { code, stdout, stderr } = await compare([...files, '--fail-on', 'never']);
      expect(stderr).toMatch(sentence);
      expect([code, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
    }
    expect(readdirSync(dir).sort()).toEqual(['bad.json', 'good.json']);
  });
  it('is a folder', async () => {
    put('good', [rates(1000)]);
    mkdirSync(join(dir, 'folder'));
    expect(await compare(['good.json', 'folder'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('folder'),
    });
  });
  it('with ids like paths: they are never used as such', async () => {
    const id = '../../x';
    put('a', [rates(1000, (cell) => Object.assign(cell, { id }))], 'a', (file) => Object.assign(file.run, { id }));
    put('b', [rates(1000.5, (cell) => Object.assign(cell, { id }))], 'a');
    const args = ['a.json', 'b.json', '--export', 'junit=j.xml', '--export', 'bencher=b.json'];
    expect((await compare(args)).code).toBe(0);
    expect(readdirSync(dir).sort()).toEqual(['a.json', 'b.json', 'j.xml']);
  });
  it.each(['table', 'markdown', 'json', 'github'])(
    'with hostile names does no harm in %s, nor in errors',
    async (format) => {
      const hostile = (cell: Cell) => {
        cell.id += HOSTILE;
        cell.adapter.label += HOSTILE;
        const info = cell.metrics.drain_rate;
        Object.assign(cell, { metrics: { [`drain_rate${HOSTILE}`]: { ...info, label: HOSTILE, unit: HOSTILE } } });
        for (const trial of cell.trials) trial.values = { [`drain_rate${HOSTILE}`]: trial.values.drain_rate ?? 0 };
      };
      put('a', [rates(1000, hostile)]);
      put('b', [rates(900, hostile)], 'a');
      put('c', [rates(900, hostile), rates(900, hostile)]);
      const shown = await compare(['a.json', 'b.json', '--format', format, '--fail-on', 'never']);
      expect(shown).toMatchObject({ code: 0, stderr: '' });
      const twice = await compare(['a.json', 'c.json']);
      expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('twice') });
      for (const printed of [shown.stdout, twice.stderr]) {
        expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(printed).not.toContain('##[');
      }
    },
  );
});
