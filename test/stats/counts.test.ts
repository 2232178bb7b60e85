import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsOf, quantileOf, shareUpTo } from '../../src/stats/counts.js';
import { encodeHistogram, mergeHistograms } from '../../src/stats/histogram.js';

const spans = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 1e8, noNaN: true }),
    fc.nat(2100).map((us) => us / 1000),
  ),
  {
    minLength: 1,
    maxLength: 80,
  },
);

describe('counts of histograms', () => {
  it('have the quantiles that the histogram library has, of any trials together', () => {
    fc.assert(
      fc.property(
        fc.array(spans, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, q) => {
          const texts = trials.map((values) => encodeHistogram(values).text);
          const counts = countsOf(texts);
          const merged = mergeHistograms(texts);
          expect(counts.samples).toBe(merged.samples);
          for (const share of [q, 0, 0.5, 0.99, 1]) {
            // The library rounds to the nearest rank of its own arithmetic; a step to either side is the same rank.
            const near = [share - 1e-9, share, share + 1e-9].map((one) =>
              merged.quantile(Math.min(1, Math.max(0, one))),
            );
            expect(near).toContain(quantileOf(counts, share));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('say which share of the samples is no more than a value', () => {
    const counts = countsOf([encodeHistogram([1, 2, 2, 4]).text]);
    expect([0.5, 1, 1.5, 2.1, 4.1, 900].map((ms) => shareUpTo(counts, ms))).toEqual([0, 0.25, 0.25, 0.75, 1, 1]);
  });

  it('of nothing are empty, and have no quantile', () => {
    const counts = countsOf([]);
    expect(counts.samples).toBe(0);
    expect(shareUpTo(counts, 1)).toBe(0);
    expect(() => quantileOf(counts, 0.5)).toThrow(RangeError);
  });

  it.each([
    ['no base64 of ours', 'nonsense'],
    ['a count beyond all counting', packed(Buffer.from([...Array(8).fill(0xff), 0xff]))],
    ['a word that is cut', packed(Buffer.from([0x80]))],
    ['an index beyond all values', packed(Buffer.from([0xff, 0xff, 0xff, 0x7f, 0x02]))],
  ])('refuse %s', (_, text) => {
    expect(() => countsOf([text])).toThrow(/a histogram cannot be read/);
  });
});

/** A histogram of three digits with this payload. */
function packed(payload: Buffer): string {
  const body = Buffer.alloc(40);
  body.writeUInt32BE(0x1c849313, 0);
  body.writeUInt32BE(payload.length, 4);
  body.writeUInt32BE(3, 12);
  body.writeBigInt64BE(1n, 16);
  body.writeBigInt64BE(86_400_000_000n, 24);
  const inner = deflateSync(Buffer.concat([body, payload]));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x1c849314, 0);
  head.writeUInt32BE(inner.length, 4);
  return Buffer.concat([head, inner]).toString('base64');
}
