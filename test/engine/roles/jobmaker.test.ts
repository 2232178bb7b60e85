import { describe, expect, it } from 'vitest';
import { jobMaker } from '../../../src/engine/roles/jobmaker.js';

const MEGABYTE = 2 ** 20;

function maker(payloadBytes: number, seed = 1) {
  const jobs = { work: { kind: 'noop' as const }, payloadBytes, attempts: 1, queue: 'default' };
  return jobMaker({
    ...{ name: 'p', adapter: { name: 'none', module: 'none', options: {} }, address: {}, seed, logDir: '', appDb: '' },
    epoch: { ns: 0n.toString(), wallMs: 0 },
    spinsPerMs: 1,
    producer: { ordinal: 0, producers: 1, jobs },
    threads: [],
  })();
}

describe('payloads', () => {
  it.each([0, 1, 256, MEGABYTE])('have the %d bytes that were asked for, letters and digits', (bytes) => {
    const make = maker(bytes);
    for (const k of [0, 1, 63, 64]) {
      expect(Buffer.byteLength(make(k).payload)).toBe(bytes);
      expect(/^[a-z0-9]*$/.test(make(k).payload)).toBe(true);
    }
  });

  it('are the same for the same seed, and others for another', () => {
    expect(maker(256)(3).payload).toBe(maker(256)(3).payload);
    expect(maker(256, 2)(3).payload).not.toBe(maker(256)(3).payload);
    expect(maker(256)(4).payload).not.toBe(maker(256)(3).payload);
  });
});
