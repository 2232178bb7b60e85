import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { doWork, openAppDb, spin } from '../../src/work/body.js';

let dir: string;
let context: { spinsPerMs: number; appDb: string };
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-body-'));
  context = { spinsPerMs: 1000, appDb: join(dir, 'app.db') };
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

test('noop, cpu and alloc are done when doWork returns', () => {
  expect(doWork({ kind: 'noop' }, 1, context)).toBeUndefined();
  expect(doWork({ kind: 'cpu', ms: 2 }, 1, context)).toBeUndefined();
  expect(doWork({ kind: 'alloc', bytes: 2 ** 20 }, 1, context)).toBeUndefined();
});

test('cpu work grows with what is asked', () => {
  spin(5e6); // compiled now
  const [few, many] = [1e5, 1e7].map((iterations) => {
    const times = Array.from({ length: 5 }, () => {
      const from = process.hrtime.bigint();
      spin(iterations);
      return Number(process.hrtime.bigint() - from);
    });
    return Math.min(...times);
  });
  // 100 times the iterations: a loop that were optimised away would show no difference.
  expect((many ?? 0) / (few ?? 1)).toBeGreaterThan(20);
});

test.each([0, 1, 1.5, 7])('io of %f ms is never shorter', async (ms) => {
  const from = process.hrtime.bigint();
  await doWork({ kind: 'io', ms }, 1, context);
  expect(Number(process.hrtime.bigint() - from) / 1e6).toBeGreaterThanOrEqual(ms);
});

test('fail throws on the attempts that were planned, then succeeds', () => {
  const work = { kind: 'fail', times: 2 } as const;
  expect(() => doWork(work, 1, context)).toThrow('planned failure 1 of 2');
  expect(() => doWork(work, 2, context)).toThrow('planned failure 2 of 2');
  expect(doWork(work, 3, context)).toBeUndefined();
});

test('exit ends the process with a code that is not 0', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  doWork({ kind: 'exit' }, 1, context);
  expect(exit).toHaveBeenCalledExactlyOnceWith(7);
  exit.mockRestore();
});

test('hang never ends, and leaves the event loop free', async () => {
  vi.useFakeTimers();
  const ended = vi.fn();
  void Promise.resolve(doWork({ kind: 'hang' }, 1, context)).finally(ended);
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(ended).not.toHaveBeenCalled();
  vi.useRealTimers();
});

test('sqlite writes its rows in one transaction, and waits for a lock without blocking', async () => {
  await doWork({ kind: 'sqlite', rows: 3 }, 1, context);
  const other = new Database(context.appDb);
  const rows = () => other.prepare('SELECT count(*) AS n FROM entry').get() as { n: number };
  expect(rows().n).toBe(3);
  expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
  other.exec('BEGIN IMMEDIATE');
  const writing = doWork({ kind: 'sqlite', rows: 2 }, 1, context);
  expect(writing).toBeInstanceOf(Promise);
  expect(rows().n).toBe(3);
  other.exec('COMMIT'); // reached only because the wait does not block this thread
  await writing;
  expect(rows().n).toBe(5);
  other.close();
});

test('the application file keeps its rows when it is opened again', async () => {
  const path = join(dir, 'again.db');
  const first = await openAppDb(path);
  await first.write(12);
  first.close();
  const second = await openAppDb(path);
  expect(second.read()).toHaveLength(10);
  second.close();
});
