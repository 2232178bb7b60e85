import { expect, test } from 'vitest';
import { loadAdapter } from '../../src/engine/registry.js';

/*
 * docs/performance.md measures adapters as shipped, and each of these options beside it. That an option does what it says
 * has tests of its own; here is which of its values is shipped, so that none changes without the page.
 */
test.each([
  ['sqlite', { groupCommit: 'auto', claimBatch: 100, bulk: 'statement', gap: 1, busy: 'retry', fuse: 'off' }],
  ['redis', { removeOnComplete: true, drainDelay: 5000, persistence: 'none' }],
  ['redis-list', { groupPush: 'auto', ahead: 100, persistence: 'none' }],
  ['threads', { ahead: 1 }],
])('%s as shipped is what docs/performance.md shows as such', async (name, shipped) => {
  const found = await loadAdapter(name, process.cwd());
  expect(found?.adapter.options?.parse({})).toMatchObject(shipped);
});
