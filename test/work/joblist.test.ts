import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../src/core/job.js';
import { JobList } from '../../src/work/joblist.js';

const PRIORITIES = [undefined, 0, 1, 2, 5];

function job(index: number, priority: number | undefined): Job {
  return { index, queue: 'q', work: { kind: 'noop' }, payload: '', ...(priority !== undefined && { priority }) };
}

test('the most urgent first, then first in, first out; what is put back goes before what came later', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), priority: fc.constantFrom(...PRIORITIES) }),
    fc.record({ kind: fc.constant('take' as const), times: fc.integer({ min: 1, max: 4 }), back: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new JobList();
      let expected: Job[] = [];
      let next = 0;
      for (const one of steps) {
        if (one.kind === 'add') {
          const added = job(next++, one.priority);
          list.add(added);
          // A stable sort: numbers grow, so equals stay in order of arrival.
          expected = [...expected, added].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || a.index - b.index);
        } else {
          const taken = Array.from({ length: one.times }, () => list.take()).filter((each) => each !== undefined);
          expect(taken).toEqual(expected.slice(0, one.times));
          if (one.back) list.putBack(taken);
          else expected = expected.slice(one.times);
        }
        expect(list.length).toBe(expected.length);
      }
    }),
  );
});

test('a long list is cut as it is consumed, and loses nothing', () => {
  const list = new JobList();
  for (let index = 0; index < 20_000; index++) list.add(job(index, undefined));
  for (let index = 0; index < 20_000; index++) expect(list.take()?.index).toBe(index);
  expect(list.take()).toBeUndefined();
});
