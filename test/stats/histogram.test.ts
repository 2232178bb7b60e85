import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { encodeHistogram, mergeHistograms } from '../../src/stats/histogram.js';
import { quantile } from '../../src/stats/quantile.js';

describe('histograms', () => {
  it('lose no value: 0 and negatives are inside, and negatives are told', () => {
    const encoded = encodeHistogram([0, 0, -0.5, 0.0004, 1, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(encoded).toMatchObject({ recorded: 5, negatives: 1, missing: 2 });
    const merged = mergeHistograms([encoded.text]);
    expect(merged.samples).toBe(5);
    expect(merged.quantile(0.8)).toBe(0);
    expect(merged.quantile(1)).toBe(1);
  });
  it('of only zeros, and of nothing', () => {
    expect(mergeHistograms([encodeHistogram([0, 0]).text])).toMatchObject({ samples: 2 });
    const empty = mergeHistograms([encodeHistogram([]).text]);
    expect(empty.samples).toBe(0);
    expect(() => empty.quantile(0.5)).toThrow(RangeError);
    expect(empty.printable(0.5)).toEqual({ refused: 'needs 20 jobs' });
  });
  it('keep what takes longer than a day, and still merge', () => {
    const long = encodeHistogram([26 * 86_400_000]);
    const merged = mergeHistograms([long.text, encodeHistogram([1, 2]).text, long.text]);
    expect(merged.samples).toBe(4);
    expect(merged.quantile(1) / (26 * 86_400_000)).toBeCloseTo(1, 2);
    expect(merged.quantile(0.25)).toBe(1);
  });
  it('merge to the quantiles of all values together', () => {
    const span = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), fc.constantFrom(0.5, 0.9, 0.99, 1), (spans, q) => {
        const merged = mergeHistograms(spans.map((values) => encodeHistogram(values).text));
        const exact = quantile(spans.flat(), q);
        expect(merged.samples).toBe(spans.flat().length);
        expect(Math.abs(merged.quantile(q) - exact)).toBeLessThanOrEqual(0.001 + exact * 0.001);
      }),
      { numRuns: 30 },
    );
  });
  it('prints with the tail beside the value, or refuses', () => {
    const thousand = encodeHistogram(Array.from({ length: 1000 }, (_, i) => i / 100)).text;
    expect(mergeHistograms([thousand]).printable(0.99)).toMatchObject({ samples: 1000, tail: 10 });
    expect(mergeHistograms([thousand]).printable(0.999, 'requests')).toEqual({ refused: 'needs 10,000 requests' });
  });
  it.each([
    ['no base64', '!!!'],
    ['another format', Buffer.from('0123456789').toString('base64')],
    ['cut short', encodeHistogram([1, 2, 3]).text.slice(0, 40)],
    ['too long', 'A'.repeat(300_000)],
    ['a bomb', packed(Buffer.alloc(64 * 1024 * 1024))],
    ['a lying length', packed(lying())],
  ])('refuses %s', (_name, text) => {
    expect(() => mergeHistograms([text])).toThrow('a histogram cannot be read');
  });
  it('load their library at first use, not at import', async () => {
    const cache = createRequire(import.meta.url).cache;
    const loaded = () => Object.keys(cache).some((file) => file.includes('hdr-histogram-js'));
    vi.resetModules();
    for (const file of Object.keys(cache)) if (file.includes('hdr-histogram-js')) delete cache[file];
    const fresh = await import('../../src/stats/histogram.js');
    expect(loaded()).toBe(false);
    fresh.encodeHistogram([1]);
    expect(loaded()).toBe(true);
  });
});

function packed(body: Buffer): string {
  const deflated = deflateSync(body);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x1c849314, 0);
  head.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString('base64');
}

/** A body that says its counts are four billion bytes long. */
function lying(): Buffer {
  const body = Buffer.alloc(48);
  body.writeUInt32BE(0x1c849313, 0);
  body.writeUInt32BE(0xffffffff, 4);
  body.writeUInt32BE(3, 12);
  return body;
}
