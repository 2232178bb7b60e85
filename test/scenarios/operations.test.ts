import { expect, it } from 'vitest';
import operations from '../../src/scenarios/operations.js';
import { stubTraits } from '../support/stubs.js';
import { timelineOf } from '../support/timeline.js';

const params = operations.params.parse({});
const times = { phase: 'enqueue', samples: 5000, perS: 1000, p50Ms: 0.5, p99Ms: 2, marginPercent: 1 };

it('has the times of each call, and says which call an adapter does not have', () => {
  const measured = operations.measure(timelineOf([], [], { calls: [times] }));
  expect(measured).toMatchObject({ enqueue_call_p50: 0.5, enqueue_call_p99: 2 });
  expect(measured.enqueueAt_call_p50).toEqual({ refused: 'this adapter has no such call' });
});

it('refuses p99 of fewer than 1,000 calls', () => {
  const measured = operations.measure(timelineOf([], [], { calls: [{ ...times, samples: 999 }] }));
  expect(measured).toMatchObject({ enqueue_call_p50: 0.5, enqueue_call_p99: { refused: 'needs 1,000 calls' } });
});

it.each([
  [{}, ['enqueue']],
  [{ schedules: true }, ['enqueue', 'enqueueAt']],
  [{ bulk: true, schedules: true }, ['enqueue', 'enqueueAt', 'enqueueMany']],
])('with traits %o times %o', (extra, calls) => {
  const { phases } = operations.layout([params], { traits: { ...stubTraits, ...extra }, capacity: {} });
  expect(phases.flatMap(({ jobs }) => (jobs?.kind === 'calls' ? [jobs.call] : []))).toEqual(calls);
});
