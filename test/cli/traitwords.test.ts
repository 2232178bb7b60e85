import { expect, it } from 'vitest';
import { traitWords } from '../../src/cli/traitwords.js';
import type { Traits } from '../../src/core/traits.js';

const all: Required<Traits> = {
  ...{ topology: 'shared', executes: 'loop', delivery: 'at-least-once', durability: 'process-crash' },
  ...{ schedules: true, priorities: true, retries: true, backoff: true, unique: true, fifo: true, weights: true },
  ...{
    unlimited: true,
    sharesProcesses: true,
    simulated: true,
    maxPayloadBytes: 2 ** 20,
    bulk: true,
    store: 'sqlite-file',
    claimsAhead: 4,
    recoveryMs: 31_500,
  },
};

it('every trait is told, and what is not promised is not', () => {
  expect(traitWords(all)).toBe(
    'at-least-once; survives process-crash; shared queue; runs in the event loop; jobs of a dead worker start again within ' +
      '31.5 s; a worker claims up to 4 ahead; payloads up to 1MB; schedules, priorities, retries, backoff of the job’s ' +
      'choice, unique keys, first in first out, weighted queues, bulk, a file that the application may share, runs all jobs at once, ' +
      'machines share processes, machines are simulated here',
  );
  const none = { schedules: false, priorities: false, retries: false, unique: false, bulk: false };
  expect(
    traitWords({ topology: 'embedded', executes: 'thread', delivery: 'at-most-once', durability: 'memory', ...none }),
  ).toBe('at-most-once; kept in memory only; embedded queue; runs in a thread');
});
