import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../core/errors.js';
import type { Work } from '../core/job.js';

/** What the bodies need beside the work itself. */
export interface BodyContext {
  readonly spinsPerMs: number;
  readonly appDb: string;
}

/**
 * Does the work. Synchronous kinds return nothing, so that a no-op costs no promise.
 * @returns `no effect` of an effect that its event had had before
 */
export function doWork(work: Work, attempt: number, context: BodyContext): void | Promise<void | 'no effect'> {
  switch (work.kind) {
    case 'noop':
      return;
    case 'cpu':
      spin(work.ms * context.spinsPerMs);
      return;
    case 'io':
      return after(work.ms);
    case 'effect':
      return after(work.ms).then(() => takeEffect(work, context));
    case 'alloc':
      touch(work.bytes);
      return;
    case 'sqlite':
      return writeRows(context.appDb, work.rows);
    case 'fail':
      if (attempt <= work.times) throw new Error(`planned failure ${attempt} of ${work.times}`);
      return;
    case 'exit':
      process.exit(7);
      return;
    case 'hang':
      return new Promise(() => undefined); // without a timer: it must not keep a process that wants to exit
    case 'throw':
      throw new Error(work.text === 'nul' ? 'planned failure \u0000 with a NUL' : 'x'.repeat(1_000_000));
    default:
      return work satisfies never;
  }
}

let sink = 0;

/** A calibrated amount of processor work: `iterations` rounds of integer arithmetic that cannot be optimised away. */
export function spin(iterations: number): void {
  let x = sink | 1;
  for (let i = 0; i < iterations; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  sink = x;
}

/** Waits at least `ms`. libuv timers may fire up to 1 ms early, so the rest is waited again. */
function after(ms: number): Promise<void> {
  const end = process.hrtime.bigint() + BigInt(Math.round(ms * 1e6));
  return new Promise((resolve) => {
    const check = () => {
      const left = Number(end - process.hrtime.bigint()) / 1e6;
      if (left <= 0) resolve();
      else setTimeout(check, Math.ceil(left));
    };
    setTimeout(check, Math.floor(ms));
  });
}

/** A file of the event's name, which only one process can be the first to make: what a unique index is to an application. */
function takeEffect({ event, sink }: Work & { kind: 'effect' }, { appDb }: BodyContext): void | 'no effect' {
  if (sink === 'naive') return undefined;
  try {
    closeSync(openSync(join(dirname(appDb), encodeURIComponent(event)), 'wx'));
    return undefined;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'no effect';
    throw error;
  }
}

function touch(bytes: number): void {
  const rounds = Math.max(1, Math.round(bytes / 8192));
  const kept: number[][] = [];
  // Arrays on the V8 heap, not buffers beside it: it is the garbage collector that such jobs load.
  for (let i = 0; i < rounds; i++) kept.push(new Array<number>(1024).fill(i));
  sink ^= kept.length;
}

type AppDb = { write(rows: number): void | Promise<void> };
let appDb: Promise<AppDb> | AppDb | undefined;

function writeRows(path: string, rows: number): void | Promise<void> {
  if (appDb === undefined) {
    const opening = openAppDb(path).then((db) => {
      appDb = db;
      return db;
    });
    appDb = opening;
  }
  return 'write' in appDb ? appDb.write(rows) : appDb.then((db) => db.write(rows));
}

/** The application's own SQLite file: WAL, NORMAL, as Rails 8 sets it up. */
export async function openAppDb(path: string): Promise<AppDb & { read(): unknown; close(): void }> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(path, { timeout: 0 });
  await eventually(() => {
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, at REAL, body TEXT)');
  });
  db.pragma('synchronous = NORMAL');
  const insert = db.prepare('INSERT INTO entry (at, body) VALUES (?, ?)');
  const last = db.prepare('SELECT id, at, body FROM entry ORDER BY id DESC LIMIT 10');
  const body = 'x'.repeat(100);
  const all = db.transaction((rows: number) => {
    for (let i = 0; i < rows; i++) insert.run(i, body);
  });
  return {
    write: (rows) => eventually(() => all.immediate(rows)),
    read: () => last.all(),
    close: () => db.close(),
  };
}

/** Runs `act`, again after SQLITE_BUSY, giving way to the event loop between tries; synchronous when it succeeds at once. */
function eventually(act: () => unknown): void | Promise<void> {
  try {
    act();
  } catch (error) {
    if (!codeOf(error)?.startsWith('SQLITE_BUSY')) throw error;
    return new Promise((resolve) => setImmediate(resolve)).then(() => eventually(act));
  }
}
