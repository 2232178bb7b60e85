import { fdatasyncSync, openSync, writeSync } from 'node:fs';

/** A page and its header, as a commit appends to the write-ahead log. */
const FRAME = Buffer.alloc(4096 + 24, 1);

/** The disk itself: a frame is appended and flushed for each job, and nothing else happens. */
export async function connect({ sqliteFile: file }) {
  const log = openSync(`${file}.frames`, 'a');
  return {
    enqueue() {
      writeSync(log, FRAME);
      fdatasyncSync(log);
    },
  };
}
