import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Driver from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import sqlite from '../../src/adapters/sqlite.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jbe2e-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const options = sqlite.options.parse({});
const contents = (folder = dir) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, hash(join(folder, name))]));

test.each([
  { kind: "another program's database", journal: 'delete' },
  { kind: "another program's database in WAL mode", journal: 'wal' },
])('$kind is refused, and not a byte of it changes', async ({ journal }) => {
  const file = join(dir, 'theirs.sqlite3');
  const theirs = new Driver(file);
  theirs.pragma(`journal_mode = ${journal}`);
  theirs.exec('CREATE TABLE job (id INTEGER PRIMARY KEY); INSERT INTO job VALUES (1)');
  theirs.close();
  const before = contents();
  await expect(sqlite.connect({ sqliteFile: file }, options)).rejects.toThrow(/not made by jobbench/);
  expect(contents()).toEqual(before);
});

test('the write-ahead log of a program that crashed is left alone as well', async () => {
  const folder = join(dir, 'crashed');
  mkdirSync(folder);
  const theirs = new Driver(join(dir, 'theirs.sqlite3'));
  theirs.pragma('journal_mode = wal');
  theirs.exec('CREATE TABLE job (id INTEGER PRIMARY KEY); INSERT INTO job VALUES (1)');
  // What a crash leaves: the file, and a log with all that was written since.
  for (const end of ['', '-wal']) copyFileSync(join(dir, `theirs.sqlite3${end}`), join(folder, `theirs.sqlite3${end}`));
  theirs.close();
  const before = contents(folder);
  await expect(sqlite.connect({ sqliteFile: join(folder, 'theirs.sqlite3') }, options)).rejects.toThrow(
    /not made by jobbench/,
  );
  expect(contents(folder)).toEqual(before);
});

test('a file that is not there is not made', async () => {
  await expect(sqlite.connect({ sqliteFile: join(dir, 'missing.sqlite3') }, options)).rejects.toThrow();
  expect(readdirSync(dir)).toEqual([]);
});

test.each([
  { kind: 'a text', bytes: Buffer.from('not a database, but somebody wants it\n'.repeat(200)) },
  { kind: 'a damaged database', bytes: Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8000, 0xa5)]) },
])('$kind is refused, and not a byte of it changes', async ({ bytes }) => {
  const file = join(dir, 'theirs.sqlite3');
  writeFileSync(file, bytes);
  const before = contents();
  await expect(sqlite.connect({ sqliteFile: file }, options)).rejects.toThrow();
  expect(contents()).toEqual(before);
});
