import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeEpoch } from '../../src/core/clock.js';
import type { Work } from '../../src/core/job.js';
import { openHost } from '../../src/work/handler.js';
import { LOGS, readLog } from '../../src/work/logs.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-handler-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Does the works, one after another. @returns how long each took by its stamps, ms, and its flag */
function handled(...works: Work[]): [tookMs: number, flag: number][] {
  const host = openHost({ module: '', epoch: takeEpoch(), logDir: dir, name: 'w', spinsPerMs: 1e5, appDb: '' }, 'main');
  for (const [index, work] of works.entries()) {
    try {
      void host.handle({ index, queue: 'default', work, payload: '' });
    } catch {
      // the log has it
    }
  }
  host.close();
  const rows: [number, number][] = [];
  readLog(join(dir, `w.main${LOGS.executed}`), (id, started, finished, flag) => {
    rows[id] = [finished - started, flag];
  });
  return rows;
}

test('a job that does nothing starts and ends at one instant, any other lasts', () => {
  const [noop, cpu, fail] = handled({ kind: 'noop' }, { kind: 'cpu', ms: 0.1 }, { kind: 'fail', times: 1 });
  expect(noop).toEqual([0, 1]);
  expect(cpu?.[0]).toBeGreaterThan(0);
  expect(cpu?.[1]).toBe(1);
  expect(fail?.[0]).toBeGreaterThan(0);
  expect(fail?.[1]).toBe(2);
});

test('many hosts at once are written at an exit by one listener, which is gone when all are closed', () => {
  const before = process.listenerCount('exit');
  const spec = { module: '', epoch: takeEpoch(), logDir: dir, name: 'w', spinsPerMs: 1e5, appDb: '' };
  const hosts = Array.from({ length: 12 }, (_, n) => openHost(spec, `host${n}`));
  for (const [index, { handle }] of hosts.entries())
    void handle({ index, queue: 'default', work: { kind: 'noop' }, payload: '' });
  expect(process.listenerCount('exit')).toBe(before + 1);
  const writeAll = process.listeners('exit').at(-1);
  writeAll?.(0);
  const seen: number[] = [];
  for (let n = 0; n < 12; n++) readLog(join(dir, `w.host${n}${LOGS.executed}`), (id) => seen.push(id));
  expect(seen).toEqual(hosts.map((_, index) => index));
  expect(process.listenerCount('exit')).toBe(before);
});
