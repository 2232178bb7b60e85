import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** A test run to be killed: two projects, as of the real one, with the same setup. */
export default defineConfig({
  // Nothing of it stays here.
  cacheDir: join(tmpdir(), 'vite'),
  test: {
    root: import.meta.dirname,
    globalSetup: join(import.meta.dirname, 'setup.ts'),
    pool: 'forks',
    testTimeout: 60_000,
    projects: ['one', 'other'].map((name) => ({ extends: true as const, test: { name, include: [`${name}.run.ts`] } })),
  },
});
