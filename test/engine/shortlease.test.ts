import { expect, it } from 'vitest';
import { z } from 'zod';
import { duration } from '../../src/core/units.js';
import { withShortLease } from '../../src/engine/shortlease.js';
import { stubContestant, stubTraits } from '../support/stubs.js';

const time = duration({ min: 100 }).default(30_000);
const options = z.object({ poll: z.string().default('x'), lock: time, stalled: time });
/** As two options that only together make a promise short. */
const traitsFor = (o: Readonly<Record<string, unknown>>) => {
  const { lock, stalled } = options.parse(o);
  return { ...stubTraits, recoveryMs: Math.max(lock + stalled, 3 * stalled) + 1000 };
};
const contestant = (label: string, given: Readonly<Record<string, unknown>> = {}) => {
  const stub = stubContestant(label, { options, traitsFor });
  const ref = { ...stub.ref, options: options.parse(given) };
  return { ...stub, ref, given: new Set(Object.keys(given)) };
};

it('shortens the options that the promise depends on, no others, and no further than is needed', () => {
  expect(withShortLease(contestant('mq'), 10_000)).toBe('mq?lock=3s&stalled=3s');
  expect(withShortLease(contestant('mq'), 35_000)).toBe('mq?stalled=3s');
  expect(withShortLease(contestant('mq'), 5000)).toBe('mq?lock=1s&stalled=1s');
});

it('keeps what the user has set beside them', () => {
  const given = { poll: 'y', lock: '20s' };
  expect(withShortLease(contestant('mq?poll=y&lock=20s', given), 10_000)).toBe('mq?poll=y&lock=3s&stalled=3s');
});

it('knows none where no option does it', () => {
  expect(withShortLease(contestant('mq'), 500)).toBeUndefined();
  expect(withShortLease(stubContestant('plain'), 10_000)).toBeUndefined();
});
