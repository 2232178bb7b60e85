import { writeFileSync } from 'node:fs';

/**
 * Marks as raw numbers in columns that are allocated before they are needed. While the clock runs, a mark is one
 * store into a typed array: nothing is locked, aggregated or sent. Rows live in segments, so that a log can grow
 * without copying what it already holds.
 */
export interface ColumnLog {
  /** Appends a row and returns its number. @param flag other than 0 only where the row needs no `end` */
  append(id: number, at: number, flag?: number): number;
  /** Sets column `b` and the flag of a row. @param flag not 0 */
  end(row: number, at: number, flag: number): void;
  readonly rows: number;
  /** Writes all rows to a file, synchronously, so that it can be done in an 'exit' handler. */
  write(path: string): void;
}

const SEGMENT = 1 << 15;
/**
 * Rows of the first segment. V8 compiles a caller of `append` for what it has seen and throws the code away at the first row
 * that needs a new segment: that row must come before anything is compiled, and not in the middle of a phase (decision 020).
 */
const FIRST = 256;
/** Rows are numbered as if the first segment had been filled up to its last `FIRST`. */
const SKIPPED = SEGMENT - FIRST;

interface Segment {
  readonly id: Int32Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly flag: Uint8Array;
}

/** Rows of (id, a, b, flag): b reads as NaN until `end` is called. */
export function columnLog(): ColumnLog {
  let current = segment();
  const segments: Segment[] = [current];
  let rows = 0;
  return {
    append(id, at, flag = 0) {
      const row = rows++;
      const offset = (row + SKIPPED) & (SEGMENT - 1);
      if (offset === 0) {
        current = segment();
        segments.push(current);
      }
      current.id[offset] = id;
      current.a[offset] = at;
      if (flag !== 0) {
        current.b[offset] = Number.NaN;
        current.flag[offset] = flag;
      }
      return row;
    },
    end(row, at, flag) {
      const place = row + SKIPPED;
      const of = segments[place >> 15] as Segment; // `row` came from append
      const offset = place & (SEGMENT - 1);
      of.b[offset] = at;
      of.flag[offset] = flag;
    },
    get rows() {
      return rows;
    },
    write(path) {
      const parts: Uint8Array[] = [Buffer.from(Uint32Array.of(rows, 0).buffer)];
      segments.forEach((s, at) => {
        const from = at === 0 ? SKIPPED : 0;
        const to = Math.min(SEGMENT, rows + SKIPPED - at * SEGMENT);
        for (const column of [s.a, s.b, s.id, s.flag].map((all) => all.subarray(from, to))) {
          parts.push(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
        }
      });
      writeFileSync(path, Buffer.concat(parts));
    },
  };
}

function segment(): Segment {
  return {
    id: new Int32Array(SEGMENT),
    a: new Float64Array(SEGMENT),
    b: new Float64Array(SEGMENT),
    flag: new Uint8Array(SEGMENT),
  };
}

/** Calls `row` for each row of what a column log wrote. @throws Error when it is cut short */
export function readColumns(file: Buffer, row: (id: number, a: number, b: number, flag: number) => void): void {
  const rows = file.byteLength < 8 ? -1 : file.readUInt32LE(0);
  let offset = 8;
  if (file.byteLength !== offset + rows * 21) throw new Error('is cut short');
  for (let done = 0, n = 0; done < rows; done += n) {
    n = Math.min(done === 0 ? FIRST : SEGMENT, rows - done);
    // Copies, because columns of a file are not aligned to their element size.
    const bytes = (size: number) => {
      const copy = Uint8Array.prototype.slice.call(file, offset, offset + n * size).buffer;
      offset += n * size;
      return copy;
    };
    const a = new Float64Array(bytes(8));
    const b = new Float64Array(bytes(8));
    const id = new Int32Array(bytes(4));
    const flag = new Uint8Array(bytes(1));
    for (let i = 0; i < n; i++) {
      const ended = flag[i] === 0 ? Number.NaN : (b[i] as number);
      row(id[i] as number, a[i] as number, ended, flag[i] as number);
    }
  }
}
