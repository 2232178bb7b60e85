import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { columnLog } from '../../src/work/eventlog.js';
import { readLog } from '../../src/work/logs.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-log-'));
  path = join(dir, 'x.log');
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const SEGMENT = 32_768;

test.each([0, 1, 255, 256, 257, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT + 17])(
  '%i rows come back as they were',
  (rows) => {
    const log = columnLog();
    let wrong = 0;
    for (let i = 0; i < rows; i++) if (log.append(rows - i, i / 7) !== i) wrong++;
    // Ends come later and in another order, across segments; every third never ends.
    for (let i = rows - 1; i >= 0; i--) if (i % 3 !== 0) log.end(i, i + 0.25, 1 + (i % 2));
    expect(log.rows).toBe(rows);
    log.write(path);
    let n = 0;
    readLog(path, (id, a, b, flag) => {
      const i = n++;
      const [end, mark] = i % 3 === 0 ? [Number.NaN, 0] : [i + 0.25, 1 + (i % 2)];
      if (id !== rows - i || a !== i / 7 || !Object.is(b, end) || flag !== mark) wrong++;
    });
    expect({ n, wrong }).toEqual({ n: rows, wrong: 0 });
  },
);

test('marks are kept exactly: tiny, negative and huge', () => {
  const marks = [0, -0.001, 1e-9, 123456789.123456, 2 ** 40 + 0.5, Number.MIN_VALUE];
  const log = columnLog();
  for (const mark of marks) log.end(log.append(2 ** 31 - 1, mark), -mark, 255);
  log.write(path);
  const back: unknown[] = [];
  readLog(path, (...row) => back.push(row));
  expect(back).toEqual(marks.map((mark) => [2 ** 31 - 1, mark, -mark, 255]));
});

test.each([
  { what: 'the last byte missing', change: (file: Buffer) => file.subarray(0, -1) },
  { what: 'the last row missing', change: (file: Buffer) => file.subarray(0, -21) },
  { what: 'a byte too many', change: (file: Buffer) => Buffer.concat([file, Buffer.alloc(1)]) },
  { what: 'only the header left', change: (file: Buffer) => file.subarray(0, 8) },
])('a file with $what is refused, before any row is handed over', ({ change }) => {
  const log = columnLog();
  for (let i = 0; i < SEGMENT + 5; i++) log.append(i, i);
  log.write(path);
  writeFileSync(path, change(readFileSync(path)));
  expect(() => readLog(path, () => expect.unreachable('no row of a broken file'))).toThrow(/x\.log is cut short/);
});

test.each([0, 3])('a file of %i bytes is refused', (bytes) => {
  writeFileSync(path, Buffer.alloc(bytes));
  expect(() => readLog(path, () => expect.unreachable('no rows'))).toThrow();
});
