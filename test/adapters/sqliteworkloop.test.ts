import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextTick } from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { options } from '../../src/adapters/sqlite/options.js';
import { statements } from '../../src/adapters/sqlite/statements.js';
import { workLoop } from '../../src/adapters/sqlite/workloop.js';
import { type Writer, writer } from '../../src/adapters/sqlite/writer.js';
import adapter from '../../src/adapters/sqlite.js';
import type { Runner } from '../../src/core/adapter.js';
import { takeEpoch } from '../../src/core/clock.js';
import { missing } from '../support/contestants.js';

const lacking = await missing({ label: 'sqlite', adapter, ref: { name: 'sqlite', module: '', options: {} } });

/** A lock that others may hold for as long as `held`: transactions that begin meanwhile wait for it. */
function lockable(write: Writer) {
  let held: Promise<void> | undefined;
  let release: () => void = () => undefined;
  return {
    write: {
      ...write,
      transaction: (act: () => void) => held?.then(() => write.transaction(act)) ?? write.transaction(act),
    },
    hold: () => {
      held = new Promise((resolve) => (release = resolve));
    },
    release: () => {
      held = undefined;
      release();
    },
  };
}

describe.skipIf(lacking !== undefined)(lacking ?? 'the work loop of sqlite', () => {
  test('that is told to stop while it writes ends when its acks are written, and tells of them first', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'jobbench-workloop-'));
    const o = options.parse({ fuse: 'auto' });
    const { sqliteFile: file } = await adapter.create(o, { dir, name: 'test', allowRemote: false });
    const { default: Driver } = await import('better-sqlite3');
    const db = new Driver(String(file), { timeout: 0 });
    try {
      const s = statements(db, o);
      const lock = lockable(writer(db, o.busyTimeout));
      const job = { index: 7, queue: 'default', work: { kind: 'noop' as const }, payload: '' };
      s.insert.run(job.queue, 0, JSON.stringify(job), 0);
      const stop = new AbortController();
      const settled: string[] = [];
      const host = { module: '', epoch: takeEpoch(), logDir: dir, name: 'w', spinsPerMs: 1, appDb: '' };
      let work: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => {
        work = resolve;
      });
      let end: () => void = () => undefined;
      const runner: Runner = {
        concurrency: 1,
        signal: stop.signal,
        host,
        handle() {
          work();
          return new Promise<void>((resolve) => (end = resolve));
        },
        settled: (index, outcome) => void settled.push(`${index} ${outcome}`),
      };
      const loop = workLoop(String(file), o, s, lock.write, () => undefined, runner);
      await begun;
      end();
      await new Promise<void>((resolve) => nextTick(resolve)); // the job has ended, and a turn has been asked for
      lock.hold();
      expect(loop.ride()).toBe('taken');
      stop.abort();
      let over = false;
      void loop.finished.then(() => (over = true));
      await nextTurn();
      await nextTurn();
      expect(over).toBe(false);
      lock.release();
      await loop.finished;
      expect(settled).toEqual(['7 completed']);
      expect(s.depth.get()?.n).toBe(0);
    } finally {
      db.close();
      rmSync(dir, { recursive: true });
    }
  });
});
