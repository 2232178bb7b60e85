import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longestfirst.js';

/** What these find depends on how fast the machine is at that moment, so nothing else may run beside them. */
const MEASURING = [
  'test/conformance/verifyall.test.ts',
  'test/e2e/action.test.ts',
  'test/engine/roles/pacer.test.ts',
  'test/ruler/{hardware,queueing,stall,verdicts}.test.ts',
];

/**
 * Numbers in, numbers or text out: files that start no process share processes. What modules remember stays there for the
 * next file, so those that teach them something (the secrets of test/core) are not here.
 */
const PURE = [
  'test/{bench,compare,fleet,scenarios,stats}/**/*.test.ts',
  'test/cli/{traitwords,verifymarks}.test.ts',
  'test/conformance/{check,systemcalls}.test.ts',
  'test/core/distribution.test.ts',
  'test/engine/{answers,arrivals,assemble,attempts,capacities,cells,estimate,ledger,merge,place}.test.ts',
  'test/engine/{series,settlement,turns,warnings}.test.ts',
  'test/engine/roles/{backlog,jobmaker}.test.ts',
  'test/report/*.test.ts',
  'test/report/charts/*.test.ts',
  'test/store/schema.test.ts',
  'test/work/{body,dueheap,effect,eventlog,joblist,tries}.test.ts',
];

/**
 * Of those that run side by side half of the time and more is waiting, for processes, leases and deadlines: five at a time
 * fill two cores.
 */
const SIDE_BY_SIDE = { maxWorkers: 5, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    globalSetup: './test/support/sweep/setup.ts',
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    // Of tests in a file that call themselves concurrent: they use half of a core each.
    maxConcurrency: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['test/**/*.test.ts'],
          exclude: [...MEASURING, ...PURE],
          ...SIDE_BY_SIDE,
        },
      },
      { extends: true, test: { name: 'pure', include: PURE, isolate: false, ...SIDE_BY_SIDE } },
      {
        extends: true,
        test: {
          name: 'one by one',
          include: MEASURING,
          fileParallelism: false,
          // They wait for leases most of the time.
          maxConcurrency: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
