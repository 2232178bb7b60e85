import { closeSync, openSync, writeSync } from 'node:fs';
import type { ColumnLog } from './eventlog.js';

/*
 * The same rows as a column log, but each event is on its way to the kernel before the call returns: one write of one
 * record to a file that only grows. So what a process has seen survives its own kill -9, at the price of a system call
 * for each event, which is why only trials in which something is killed are witnessed this way.
 */

/** A column log begins with its number of rows, which is never this. */
const MARK = 0xff_ff_ff_ff;
const HEADER_BYTES = 8;
/** kind, flag, two bytes of nothing, id or row, moment. */
const RECORD_BYTES = 16;
const APPENDED = 1;
const ENDED = 2;

/** @throws when the file exists: two processes must not share one */
export function durableLog(path: string): ColumnLog {
  let file: number | undefined;
  let rows = 0;
  const record = Buffer.alloc(RECORD_BYTES);
  function put(kind: number, flag: number, id: number, at: number): void {
    // Opened by the first event: a process that saw nothing leaves no file.
    file ??= begin(path);
    record.writeUInt8(kind, 0);
    record.writeUInt8(flag, 1);
    record.writeInt32LE(id, 4);
    record.writeDoubleLE(at, 8);
    writeSync(file, record);
  }
  return {
    append(id, at, flag = 0) {
      put(APPENDED, flag, id, at);
      return rows++;
    },
    end: (row, at, flag) => put(ENDED, flag, row, at),
    get rows() {
      return rows;
    },
    /** All is written; the path is the one it was opened with. */
    write() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function begin(path: string): number {
  const file = openSync(path, 'ax', 0o600);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MARK, 0);
  writeSync(file, header);
  return file;
}

export function isDurable(content: Buffer): boolean {
  return content.byteLength >= HEADER_BYTES && content.readUInt32LE(0) === MARK;
}

/** Calls `row` for each row, in the order of appending. A record that was cut off by a death is left out. */
export function readDurable(content: Buffer, row: (id: number, a: number, b: number, flag: number) => void): void {
  const rows: { id: number; a: number; b: number; flag: number }[] = [];
  for (let at = HEADER_BYTES; at + RECORD_BYTES <= content.byteLength; at += RECORD_BYTES) {
    const flag = content.readUInt8(at + 1);
    const id = content.readInt32LE(at + 4);
    const moment = content.readDoubleLE(at + 8);
    if (content.readUInt8(at) === APPENDED) rows.push({ id, a: moment, b: Number.NaN, flag });
    else {
      const ended = rows[id];
      if (ended === undefined) throw new Error('it ends a row that it does not have');
      ended.b = moment;
      ended.flag = flag;
    }
  }
  for (const { id, a, b, flag } of rows) row(id, a, b, flag);
}
