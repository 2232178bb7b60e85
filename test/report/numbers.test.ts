import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bare, compact, spanText, threeDigits } from '../../src/report/numbers.js';
import { clean, columnsOf, wrap } from '../../src/report/text.js';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.4123, '0.412'],
    [4.1, '4.10'],
    [41.26, '41.3'],
    [999.6, '1,000'],
    [1234.5, '1,235'],
    [-2.5, '-2.50'],
    [0.000_02, '0.0000200'],
    [1e-9, '1.00e-9'],
    [1e18, '1.00e+18'],
  ])('%d in three digits is %s', (value, text) => expect(threeDigits(value)).toBe(text));
  it.each([
    [0, '0'],
    [12.34, '12.3'],
    [832, '832'],
    [999.7, '1.00k'],
    [12_345, '12.3k'],
    [999_999, '1.00M'],
    [1_402_000, '1.40M'],
    [2.5e9, '2.50G'],
    [1e13, '1.00e+13'],
  ])('%d as a rate is %s', (value, text) => expect(compact(value)).toBe(text));
  it.each([
    [4096, 'bytes', '4.00 kB'],
    [512, 'bytes', '512 B'],
    [1023, 'bytes', '1,023 B'],
    [1023.7 * 1024, 'bytes', '1.00 MB'],
    [-2048, 'bytes', '-2.00 kB'],
    [12_345, 'count', '12,345'],
    [2.5, 'count', '2.50'],
    [0.00213, 'usd', '$0.00213'],
    [2.934, 'index', '2.93'],
    [3, 'whatever', '3.00'],
  ])('%d in %s is %s', (value, unit, text) => expect(bare(value, unit)).toBe(text));
  it('tell their unit once in a span where both have it', () => {
    const MB = 1024 ** 2;
    expect([spanText(91.7 * MB, 94.1 * MB, 'bytes'), spanText(MB / 2, 2 * MB, 'bytes')]).toEqual([
      '[91.7 94.1 MB]',
      '[512 kB 2.00 MB]',
    ]);
    expect([spanText(11_900, 12_800, 'jobs/s'), spanText(3.001, 3.002, 'ms')]).toEqual(['[11.9k 12.8k]', '']);
  });
  it('stay within half a percent of what they stand for', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e14, noNaN: true }), (value) => {
        const shown = Number(threeDigits(value).replaceAll(',', ''));
        expect(Math.abs(shown / value - 1)).toBeLessThanOrEqual(0.005);
      }),
    );
  });
});

describe('text', () => {
  it('loses what could steer a terminal, and keeps the rest', () => {
    expect(clean('a\u001b[31mb\u001b[0m\nc\u0000d\u009be')).not.toMatch(/\p{Cc}/u);
    expect(clean('größer – 仕事')).toBe('größer – 仕事');
    expect(clean('x'.repeat(1000), 20)).toBe(`${'x'.repeat(17)}...`);
  });
  it('is measured as a terminal does', () => {
    expect(['abc', '仕事', 'e\u0301', '\u001b[1mab\u001b[0m'].map(columnsOf)).toEqual([3, 4, 1, 2]);
  });
  it('is wrapped at spaces, and only inside words that are too long', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('one two three', 8, '  ')).toEqual(['one two', '  three']);
    expect(wrap('sqlite?synchronous=full', 14)).toEqual(['sqlite?', 'synchronous=', 'full']);
    expect(wrap('', 8)).toEqual([]);
  });
  it('is wrapped without loss, never too wide', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 4, max: 30 }), (text, width) => {
        const plain = clean(text);
        const lines = wrap(plain, width, '  ');
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replace(/\s/g, '')).toBe(plain.replace(/\s/g, ''));
      }),
    );
  });
});
