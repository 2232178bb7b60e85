import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { idleWatch } from '../../src/adapters/sqlite/idle.js';

/** More looks than are taken at the next turns of the event loop, as where a commit waits for the disk. */
const VISIBLE_AFTER = 8;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-idle-'));
  // The slow look of its own never comes, so that only the write can wake it.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true });
});

/** Somebody's commit becomes visible only after so many looks beyond those that are over. */
function sleeper() {
  let looks = 0;
  let visibleAt = Number.POSITIVE_INFINITY;
  const get = () => ({ data_version: looks++ >= visibleAt ? 2 : 1 });
  let woken: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => {
    woken = resolve;
  });
  const wake = vi.fn(woken);
  const nothing = { nextAt: () => Number.POSITIVE_INFINITY, anyDue: () => false, due: () => [] };
  const idle = idleWatch({ dataVersion: { get } }, nothing, join(dir, 'queue'), ['default'], wake);
  return {
    idle,
    wake,
    awake,
    looks: () => looks,
    write: () => appendFileSync(join(dir, 'queue-wal'), 'x'),
    visibleAfter(more: number) {
      visibleAt = looks + more;
    },
    /** Until it has not looked for longer than it ever waits between two looks. */
    async still() {
      for (let before = -1; before !== looks; ) {
        before = looks;
        const until = performance.now() + 200;
        while (performance.now() < until) await nextTurn();
      }
    },
  };
}

test('a commit that is visible long after its write wakes an idle worker, once', async () => {
  const one = sleeper();
  one.idle.sleep();
  await one.still();
  one.visibleAfter(VISIBLE_AFTER);
  one.write();
  await one.awake;
  await one.still();
  expect(one.wake).toHaveBeenCalledOnce();
  one.idle.close();
});

test('so does one that was written just before it went to sleep', async () => {
  const one = sleeper();
  one.visibleAfter(VISIBLE_AFTER);
  one.idle.sleep();
  await one.awake;
  one.idle.close();
});

test('where nothing becomes visible it gives up looking, and a closed one does not look at all', async () => {
  const one = sleeper();
  one.idle.sleep();
  await one.still();
  expect(one.looks()).toBeGreaterThan(VISIBLE_AFTER);
  expect(one.looks()).toBeLessThan(3 * VISIBLE_AFTER);
  // It tells how often it asked: the versions that it read, and the due time of its queue.
  expect(one.idle.looks()).toBe(one.looks() + 1);
  one.write();
  one.idle.sleep();
  one.idle.close();
  const looks = one.looks();
  await one.still();
  expect(one.looks()).toBe(looks);
  expect(one.wake).not.toHaveBeenCalled();
});
