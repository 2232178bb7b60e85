import { closeSync, openSync, readSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Address, Remedy } from '../../core/adapter.js';
import { describeError, JobbenchError } from '../../core/errors.js';
import { writer } from './writer.js';

/** Marks a file as made by us: "jobb". Any other file is refused. */
const APPLICATION_ID = 0x6a6f6262;

/** How much a file that is to be full still takes, and how much more once there is room again. */
const ROOM_PAGES = 20;
const BALLAST_PAGES = 1_000;
/** Workers may have the lock of the file when room is made. */
const HEAL_MS = 5_000;

/** Makes the file with its tables; nothing of that name may be there. */
export async function createFile(file: string): Promise<void> {
  const db = await openFile(file);
  db.pragma('journal_mode = WAL');
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.exec(`
    CREATE TABLE job (
      id INTEGER PRIMARY KEY, queue TEXT NOT NULL, visible_at INTEGER NOT NULL, claims INTEGER NOT NULL DEFAULT 0,
      failures INTEGER NOT NULL DEFAULT 0, value TEXT NOT NULL, created_at INTEGER NOT NULL,
      priority INTEGER NOT NULL DEFAULT 0, key TEXT);
    CREATE INDEX job_due ON job (queue, priority, visible_at);
    CREATE UNIQUE INDEX job_key ON job (queue, key) WHERE key IS NOT NULL;
    CREATE TABLE dead (id INTEGER PRIMARY KEY, queue TEXT, value TEXT, error TEXT, died_at INTEGER);`);
  db.close();
}

/**
 * A limit of pages is a connection's own, so it holds for those that connect to the returned address, from then on. They get
 * room again as on a full disk: by what somebody else deletes.
 */
export async function full(address: Address) {
  const { sqliteFile: file } = address;
  const db = await openFile(String(file));
  db.exec(
    `CREATE TABLE ballast AS SELECT zeroblob(${BALLAST_PAGES * Number(db.pragma('page_size', { simple: true }))})`,
  );
  const pages = Number(db.pragma('page_count', { simple: true }));
  db.close();
  const heal = async () => {
    const healer = await openFile(String(file));
    try {
      await writer(healer, HEAL_MS).statement(() => void healer.exec('DROP TABLE ballast'));
    } finally {
      healer.close();
    }
  };
  return { address: { ...address, mostPages: pages + ROOM_PAGES }, heal };
}

export async function unavailable(): Promise<Remedy | undefined> {
  try {
    const { default: Driver } = await import('better-sqlite3');
    new Driver(':memory:').close();
    return undefined;
  } catch (error) {
    return {
      reason: `better-sqlite3 does not load: ${describeError(error)}`,
      remedy: 'npm install better-sqlite3@12 (it compiles: needs python3, make and a C++ compiler)',
    };
  }
}

/**
 * Reads the header by itself: opening another program's file already changes it, where a crash has left a write-ahead
 * log, and makes one that is not there.
 */
export function assertOurs(file: string): void {
  const header = Buffer.alloc(72);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (header.readUInt32BE(68) !== APPLICATION_ID)
    throw new JobbenchError('USAGE', 'this SQLite file was not made by jobbench, so it is left alone');
}

/** @param handlerMs how long SQLite's own busy handler waits. It blocks the event loop and starves other processes, so we wait ourselves. */
export async function openFile(file: string, handlerMs = 0): Promise<Database> {
  const { default: Driver } = await import('better-sqlite3');
  return new Driver(file, { timeout: Math.min(Math.ceil(handlerMs), 2 ** 31 - 1) });
}
