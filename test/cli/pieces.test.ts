import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Output } from '../../src/cli/io.js';
import { about, createProgress } from '../../src/cli/progress.js';
import { allowed, describeOptions } from '../../src/cli/schema.js';
import { hideSecrets } from '../../src/cli/secrets.js';
import { didYouMean } from '../../src/cli/suggest.js';
import { combinations, expandValues } from '../../src/cli/values.js';
import { exitCodeOf } from '../../src/cli/verdict.js';
import { wrapped } from '../../src/cli/wrap.js';
import type { ResultFile } from '../../src/core/result.js';
import { splitSpecs } from '../../src/core/specs.js';
import { count, duration, size } from '../../src/core/units.js';

describe('values', () => {
  it.each([
    ['5', ['5']],
    ['1,2,4', ['1', '2', '4']],
    ['1..64x2', ['1', '2', '4', '8', '16', '32', '64']],
    ['1..10+3', ['1', '4', '7', '10']],
    ['1..10x3', ['1', '3', '9']],
    ['10..40%x2', ['10%', '20%', '40%']],
    ['1ms..4msx2', ['1ms', '2ms', '4ms']],
    ['0.1..0.4+0.1', ['0.1', '0.2', '0.3', '0.4']],
    ['1,8..32x2,1', ['1', '8', '16', '32']],
    ['cpu:5ms,io:20ms', ['cpu:5ms', 'io:20ms']],
  ])('%s', (text, expected) => expect(expandValues(text, '-P k')).toEqual(expected));

  it.each(['', '1,,2', '1..8', '8..1x2', '1..8x1', '0..8x2', '1ms..8sx2', '1..9+0', '1..1000+1'])(
    'refuse "%s"',
    (text) => expect(() => expandValues(text, '-P k')).toThrow(/^-P k: /),
  );

  it('of time have a unit, but for none at all', () => {
    const parse = (text: string) => duration().safeParse(text);
    expect(['0', ' 0 ', '1500ms', '1m30s'].map((text) => parse(text).data)).toEqual([0, 0, 1500, 90_000]);
    expect(['00', '0.0', '5', '-0'].filter((text) => parse(text).success)).toEqual([]);
  });
  it('combine, later keys fastest, and not without end', () => {
    const two = new Map([
      ['a', ['1', '2']],
      ['b', ['x', 'y']],
    ]);
    expect(combinations(two).map(({ a, b }) => `${a}${b}`)).toEqual(['1x', '1y', '2x', '2y']);
    const many = Array.from({ length: 30 }, (_, i) => String(i));
    expect(() =>
      combinations(
        new Map([
          ['a', many],
          ['b', many],
        ]),
      ),
    ).toThrow(/more than 500/);
  });
});

describe('names', () => {
  it.each([
    ['sqlit', 'sqlite'],
    ['SQLITE', 'sqlite'],
    ['rdeis', 'redis'],
    ['spawn', 'spawn-vm'],
    ['kafka', undefined],
  ])('%s is taken for %s', (given, meant) =>
    expect(didYouMean(given, ['redis', 'spawn-vm', 'sqlite'])).toBe(meant ? `; did you mean ${meant}?` : '.'),
  );

  it.each([
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
    [['a?x=1,b'], ['a?x=1', 'b']],
    [['a?q=d:1,u:5,b?y=2'], ['a?q=d:1,u:5', 'b?y=2']],
    [['./a.js?x=1,./b.js'], ['./a.js?x=1', './b.js']],
  ])('%j are the adapters %j', (lists, specs) => expect(splitSpecs(lists)).toEqual(specs));
});

describe('what an option takes, in words', () => {
  it.each([
    [count({ min: 1, max: 9 }).default(2), 'a whole number from 1 to 9'],
    [count({ min: 1 }), 'a whole number from 1'],
    [z.coerce.number().min(0).max(1), 'a number from 0 to 1'],
    [duration({ min: 100, max: 600_000 }), 'a time from 100ms to 10m'],
    [size({ min: 1024 }), 'a size from 1kB'],
    [z.enum(['off', 'normal', 'full']), 'off, normal or full'],
    [z.stringbool().default(true), 'true or false'],
    [z.union([z.literal('forever'), z.coerce.number().min(0)]), 'forever or a number from 0'],
    [z.string(), 'text'],
  ])('%#: %s', (field, words) => expect(allowed(field)).toBe(words));

  it('with default, unit and sentence', () => {
    const schema = z.object({ lease: duration({ min: 50 }).default(1000).describe('how long') });
    expect(describeOptions(schema)).toEqual([
      { name: 'lease', default: 1000, unit: 'time', allowed: 'a time from 50ms', description: 'how long' },
    ]);
    expect(describeOptions(undefined)).toEqual([]);
  });
});

describe('secrets', () => {
  it.each([
    ['redis?url=redis://me:hunter2@host:6379/0', 'redis?url=redis://***@host:6379/0'],
    ['redis.password=hunter2', 'redis.password=***'],
    ['a?apiKey=hunter2&x=1', 'a?apiKey=***&x=1'],
    ['sqlite?synchronous=full', 'sqlite?synchronous=full'],
  ])('%s', (text, hidden) => expect(hideSecrets(text)).toBe(hidden));
});

describe('progress', () => {
  function screen(isTTY: boolean, columns?: number): Output & { text: string } {
    return {
      text: '',
      isTTY,
      columns,
      write(part) {
        this.text += part;
      },
    };
  }

  it('writes over one line of a terminal, cut to its width, and takes it away', () => {
    const output = screen(true, 20);
    const progress = createProgress(output, 'status');
    progress.status('first', undefined);
    progress.status('a much longer text than fits', 65_000);
    progress.clear();
    expect(output.text).toBe('\r\u001b[2Kfirst\r\u001b[2Ka much longer te...\r\u001b[2K');
  });

  it('writes a line for each new text elsewhere, with the time left, which alone makes none', () => {
    const output = screen(false);
    const progress = createProgress(output, 'status');
    progress.status('one', 9000);
    progress.status('one', 8000);
    progress.status('two', 7000);
    progress.status('three', undefined);
    progress.clear();
    expect(output.text).toBe('one; about 9 s left\ntwo; about 7 s left\nthree\n');
  });

  it.each([
    ['notes', 'kept\n'],
    ['nothing', ''],
  ] as const)('%s', (verbosity, text) => {
    const output = screen(false);
    const progress = createProgress(output, verbosity);
    progress.status('one', 9000);
    progress.note('kept');
    expect(output.text).toBe(text);
  });

  it.each([
    [0, 'about 1 s'],
    [8200, 'about 9 s'],
    [42_000, 'about 45 s'],
    [170_000, 'about 3 min'],
    [9_000_000, 'about 2.5 h'],
  ])('%d ms is %s', (ms, text) => expect(about(ms)).toBe(text));
});

describe('exit code of a result', () => {
  const result = (...cells: object[]) => ({ cells }) as unknown as ResultFile; // only cells decide
  const ok = { status: 'ok' };
  const skipped = { status: 'skipped' };
  const invalid = { status: 'invalid' };
  const stuck = { status: 'failed', error: { code: 'TIMEOUT' } };
  const lost = { status: 'failed', error: { code: 'ENVIRONMENT' } };

  it.each([
    [0, [ok]],
    [0, [ok, skipped]],
    [3, [skipped]],
    [3, [ok, lost]],
    [4, [ok, invalid]],
    [4, [ok, stuck]],
    [4, [lost, stuck]],
  ])('%d for %j', (code, cells) => expect(exitCodeOf(result(...cells))).toBe(code));
});

describe('wrapped', () => {
  it('breaks between words and indents', () => {
    expect(wrapped('one two three four', 10, 2, 4)).toBe('  one two\n    three\n    four');
    expect(wrapped('averyverylongword x', 5)).toBe('averyverylongword\n  x');
  });
});
