import { defineConfig } from 'vitest/config';

/** What these find depends on how fast the machine is at that moment, so nothing else may run beside them. */
const MEASURING = [
  'test/conformance/verifyall.test.ts',
  'test/e2e/action.test.ts',
  'test/engine/pacer.test.ts',
  'test/readme.test.ts',
  'test/ruler/{hardware,queueing,stall,verdicts}.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: './test/support/sweep/setup.ts',
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['test/**/*.test.ts'],
          exclude: MEASURING,
          // Half of their time and more is waiting, for processes, leases and deadlines: three at a time fill two cores.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'one by one',
          include: MEASURING,
          fileParallelism: false,
          // Of tests in such a file that call themselves concurrent: they use half of a core each.
          maxConcurrency: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
