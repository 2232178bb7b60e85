import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deque } from '../../src/fleet/deque.js';
import { Timers } from '../../src/fleet/timers.js';

describe('Deque', () => {
  it('behaves as an array does', () => {
    const calls = fc.array(fc.constantFrom('push', 'unshift', 'shift', 'pop'), { maxLength: 200 });
    fc.assert(
      fc.property(calls, (list) => {
        const deque = new Deque<number>();
        const array: number[] = [];
        list.forEach((call, n) => {
          if (call === 'push' || call === 'unshift') {
            deque[call as 'push'](n);
            array[call as 'push'](n);
          } else expect(deque[call as 'pop']()).toBe(array[call as 'pop']());
          expect([deque.size, deque.first]).toEqual([array.length, array[0]]);
        });
      }),
    );
  });
});

describe('Timers', () => {
  it('hand over in order of time, first in first out among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const timers = new Timers<number>();
        times.forEach((at, n) => {
          timers.push(at, n);
        });
        const expected = times.map((at, n) => ({ at, n })).sort((a, b) => a.at - b.at || a.n - b.n);
        for (const { at, n } of expected) {
          expect([timers.nextAt, timers.first]).toEqual([at, n]);
          expect(timers.pop()).toBe(n);
        }
        expect(timers.nextAt).toBe(Number.POSITIVE_INFINITY);
        expect(timers.pop()).toBe(undefined);
      }),
    );
  });
});
