import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import type { Histogram } from 'hdr-histogram-js';
import { at, FEWEST_TAIL, type NotPrinted, type Numbers, notEnough, tailOf } from './quantile.js';

/** A span of all jobs of a trial as a result file keeps it. */
export interface EncodedHistogram {
  /** HdrHistogram V2, compressed, base64; values in microseconds, three significant digits. */
  readonly text: string;
  /** Values inside, negative ones included. */
  readonly recorded: number;
  /** A histogram has no place below 0: these are counted at 0, and the caller must say so. */
  readonly negatives: number;
  /** NaN and infinite: did not happen, and are not inside. */
  readonly missing: number;
}

/** Histograms of several trials as one. */
export interface MergedHistogram {
  readonly samples: number;
  /** Nearest rank, in ms, within 0.1 %. @throws RangeError when empty */
  quantile(q: number): number;
  /** With what a result file keeps beside it, or the reason why so few samples cannot tell it. */
  printable(q: number, what?: string): { value: number; samples: number; tail: number } | NotPrinted;
}

/** One day: what is longer makes the histogram grow, what is shorter shares one size, so that merging adds up columns. */
const DAY_US = 86_400_000_000;
const DIGITS = 3;

/** @param valuesMs a span of each job in ms; NaN = did not happen */
export function encodeHistogram(valuesMs: Numbers): EncodedHistogram {
  const histogram = emptyHistogram();
  let negatives = 0;
  let missing = 0;
  for (let i = 0; i < valuesMs.length; i++) {
    const ms = at(valuesMs, i);
    if (!Number.isFinite(ms)) {
      missing++;
      continue;
    }
    if (ms < 0) negatives++;
    histogram.recordValue(Math.max(0, Math.round(ms * 1000)));
  }
  const text = hdr().encodeIntoCompressedBase64(histogram);
  return { text, recorded: histogram.totalCount, negatives, missing };
}

/** Merges what `encodeHistogram` made. @throws Error when a text is no such histogram */
export function mergeHistograms(texts: readonly string[]): MergedHistogram {
  const merged = emptyHistogram();
  for (const text of texts) merged.add(decode(text));
  const samples = merged.totalCount;
  const quantile = (q: number) => {
    if (samples === 0) throw new RangeError('no values');
    return merged.getValueAtPercentile(q * 100) / 1000;
  };
  return {
    samples,
    quantile,
    printable(q, what = 'jobs') {
      const tail = tailOf(samples, q);
      return tail < FEWEST_TAIL ? notEnough(q, what) : { value: quantile(q), samples, tail };
    },
  };
}

function emptyHistogram(): Histogram {
  return hdr().build({
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: DAY_US,
    numberOfSignificantValueDigits: DIGITS,
    useWebAssembly: false,
  });
}

function decode(text: string): Histogram {
  try {
    bodyOf(text);
    return hdr().decodeFromCompressedBase64(text, 64);
  } catch (cause) {
    throw unreadable(cause);
  }
}

/**
 * The inflated V2 body of a histogram. Texts come from files of others: sizes are checked before anything is inflated
 * or looped over.
 * @throws Error with what is wrong with the text
 */
export function bodyOf(text: string): Buffer {
  if (text.length > 256 * 1024) throw new Error('too long');
  const packed = Buffer.from(text, 'base64');
  if (packed.length < 8 || packed.readUInt32BE(0) !== COMPRESSED_V2) throw new Error('not HdrHistogram V2');
  const body = inflateSync(packed.subarray(8, 8 + packed.readUInt32BE(4)), { maxOutputLength: 4 * 1024 * 1024 });
  if (body.length < HEADER_BYTES || body.readUInt32BE(4) !== body.length - HEADER_BYTES) throw new Error('cut short');
  if (body.readUInt32BE(12) !== DIGITS) throw new Error(`not of ${DIGITS} significant digits`);
  return body;
}

export function unreadable(cause: unknown): Error {
  return new Error(`a histogram cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
}

/** Cookie of a compressed V2 histogram, word size 1 as all writers of V2 set it. */
const COMPRESSED_V2 = 0x1c849314;
/** Cookie, payload length, index offset, digits (4 bytes each); lowest, highest, ratio (8 each). */
export const HEADER_BYTES = 40;

let loaded: typeof import('hdr-histogram-js') | undefined;

/** Loaded at first use: it takes 50 ms and more, which `--help` must not pay; and synchronously, so that callers stay plain functions. */
function hdr(): typeof import('hdr-histogram-js') {
  loaded ??= createRequire(import.meta.url)('hdr-histogram-js') as typeof import('hdr-histogram-js');
  return loaded;
}
