import { describe, expect, it } from 'vitest';
import { alike } from '../../src/report/alike.js';
import { namesOf, rowsOf } from '../../src/report/rows.js';
import { cellOf } from '../fixtures/runs.js';

const LEVELS = ['alone', 'idle', 'saturated'];
const cells = ['sqlite', 'redis', 'memory'].flatMap((adapter) =>
  LEVELS.map((level) =>
    cellOf(`contention/level=${level} ${adapter}`, { web_p99: [1] }, (cell) => {
      cell.scenario.params = { level };
    }),
  ),
);
const rows = rowsOf(cells);

describe('sentences below a table', () => {
  it('that differ in numbers and levels only are one, from the least to the greatest', () => {
    const said = rows.map((row, at) => ({
      row,
      text: `sent late at level ${String(row.cell.scenario.params.level)} (p99 ${9 + at * 500}.5 ms, 1,000 times)`,
    }));
    expect(alike(said.slice(0, 5))).toEqual([
      { text: 'sent late (p99 9.5 to 2009.5 ms, 1,000 times)', of: rows.slice(0, 5) },
    ]);
    expect(alike(said.slice(0, 1)).map(({ text }) => text)).toEqual(['sent late (p99 9.5 ms, 1,000 times)']);
  });
  it('that say different things stay apart, also by a number that is part of a word', () => {
    const texts = ['p99 is late by 3 ms', 'p50 is late by 3 ms', 'it is late'];
    const said = texts.flatMap((text, at) => rows.slice(at, at + 2).map((row) => ({ row, text })));
    expect(alike(said).map(({ text }) => text)).toEqual(texts);
  });
  it('name many rows by what they share, and a few one by one', () => {
    const idle = rows.filter(({ variant }) => variant !== 'saturated');
    expect(namesOf(idle, rows, 'with what they share')).toBe('6 of 9 rows: sqlite, redis, memory; alone, idle');
    expect(namesOf(idle, rows)).toBe('sqlite (alone), sqlite (idle), redis (alone), and 3 more');
    expect(namesOf(rows.slice(0, 3), rows, 'with what they share')).toBe('sqlite');
    expect(namesOf(rows, rows, 'with what they share')).toBe('all rows');
  });
});
