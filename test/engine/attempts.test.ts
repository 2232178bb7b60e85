import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventAt } from '../../src/core/deliveries.js';
import type { Strike } from '../../src/core/timeline.js';
import { heldAt, retriesIn } from '../../src/engine/attempts.js';
import { momentOf } from '../../src/engine/faults.js';
import { ledgerOf, violations } from '../../src/engine/ledger.js';
import { type LogRow, writeLog } from '../support/logs.js';
import { stubTraits } from '../support/stubs.js';
import { type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-attempts-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const log = (name: string, rows: readonly LogRow[]) => writeLog(join(dir, name), rows);

describe('retries', () => {
  it('are counted from the end of the attempt that failed, whoever executes the next', () => {
    log('worker-0.main.executed.log', [
      [0, 0, 1, 2],
      [1, 2, 3],
      [0, 30, 31],
    ]);
    log('worker-1.main.executed.log', [[0, 11, 12, 2]]);
    expect(retriesIn(dir)).toEqual([
      { index: 0, failed: 1, gapMs: 10 },
      { index: 0, failed: 2, gapMs: 18 },
    ]);
  });
  it('an attempt that was cut off by a death is none', () => {
    log('worker-0.main.executed.log', [
      [0, 0],
      [1, 0, 1, 2],
      [1, 5],
    ]);
    log('worker-0~1.main.executed.log', [
      [0, 500, 501],
      [1, 500, 501],
    ]);
    expect(retriesIn(dir)).toEqual([{ index: 1, failed: 1, gapMs: 4 }]);
  });
});

describe('what a struck process held', () => {
  const kill = (atMs: number, process = 'worker-0'): Strike => ({
    kind: 'kill',
    process,
    phase: 'open',
    atMs,
    backMs: atMs + 10,
  });
  it('is what it had started and not settled, in the life that was ended, and when it was started again', () => {
    log('worker-0.main.executed.log', [
      [0, 10, 20],
      [1, 30, 40],
      [2, 50],
    ]);
    log('worker-0.settled.log', [[0, 21]]);
    log('worker-0~1.main.executed.log', [[3, 120]]);
    log('worker-1.main.executed.log', [
      [2, 90, 95],
      [9, 55, 60],
      [3, 300, 301],
    ]);
    expect(heldAt([kill(150), kill(60)], dir)).toEqual([
      { strike: 1, index: 1, againMs: Number.NaN },
      { strike: 1, index: 2, againMs: 90 },
      { strike: 0, index: 3, againMs: 300 },
    ]);
  });
  it('counts what it started after the clock was read and before it was dead, and not what it still settled', () => {
    log('worker-0.main.executed.log', [
      [0, 55, 61],
      [1, 62],
    ]);
    log('worker-0.settled.log', [[0, 61.5]]);
    log('worker-1.main.executed.log', [[1, 90, 95]]);
    expect(heldAt([kill(60)], dir)).toEqual([{ strike: 0, index: 1, againMs: 90 }]);
  });
  it('counts an attempt that was cut off, although one before it failed and was told of', () => {
    log('worker-0.main.executed.log', [
      [0, 10, 20, 2],
      [0, 50],
    ]);
    log('worker-0.settled.log', [[0, 21]]);
    expect(heldAt([kill(60)], dir)).toEqual([{ strike: 0, index: 0, againMs: Number.NaN }]);
  });
  it('nothing of a process that was asked to stop', () => {
    log('worker-0.main.executed.log', [[0, 10]]);
    expect(heldAt([{ ...kill(60), kind: 'stop' }], dir)).toEqual([]);
  });
});

describe('the moment of a fault', () => {
  const fault = { kind: 'kill', role: 'worker', ordinal: 0, atMs: 100, forMs: 1 } as const;
  it('is as planned, or later by a part that the seed decides', () => {
    expect(momentOf(fault, 1)).toBe(100);
    const moments = [1, 2, 3, 4, 5].map((seed) => momentOf({ ...fault, withinMs: 50 }, seed));
    expect(new Set(moments).size).toBe(5);
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...moments)).toBeLessThan(150);
    expect(momentOf({ ...fault, withinMs: 50 }, 3)).toBe(moments[2]);
  });
});

describe('deliveries', () => {
  const events = (seed: number, n = 1200) =>
    Array.from({ length: n }, (_, k) => k).map(eventAt({ twice: 0.2, shuffled: 12 }, seed, 0));
  it('deliver each event, a fifth of them twice, out of order, near each other', () => {
    const all = events(7);
    const counts = new Map<number, number>();
    for (const event of all) counts.set(event, (counts.get(event) ?? 0) + 1);
    expect(counts.size).toBe(1000);
    expect([...counts.values()].filter((n) => n === 2)).toHaveLength(200);
    expect(Math.max(...counts.keys())).toBe(999);
    const backwards = all.filter((event, k) => k > 0 && event < (all[k - 1] ?? 0));
    expect(backwards.length).toBeGreaterThan(300);
    for (const [k, event] of all.entries()) expect(all.lastIndexOf(event) - k).toBeLessThan(12);
  });
  it.each([
    [1, 3],
    [0.5, 2],
    [0, 5],
    [1, 7],
  ])('are whole at a share of %d and stretches of %d', (twice, shuffled) => {
    const all = Array.from({ length: 210 }, (_, k) => k).map(eventAt({ twice, shuffled }, 7, 0));
    expect([...new Set(all)].sort((a, b) => a - b)).toEqual(Array.from(new Set(all), (_, n) => n));
  });
  it('are the same for the same seed, from any job on, and others for another', () => {
    expect(events(7)).toEqual(events(7));
    expect(events(7)).not.toEqual(events(8));
    const event = eventAt({ twice: 0.2, shuffled: 12 }, 7, 0);
    expect([77, 5, 700].map(event)).toEqual([77, 5, 700].map((k) => events(7)[k]));
  });
});

describe('the ledger of jobs with unique keys', () => {
  const job = (more: JobRow): JobRow => ({ phase: 'open', due: 0, accepted: 1, ...more });
  const ledger = (keys: readonly number[], jobs: readonly JobRow[]) =>
    ledgerOf(timelineOf([phaseWindow('open', 0, 100)], jobs, { keys: Int32Array.from(keys) }), () => false);
  it('a second delivery that never ran is dropped, not lost, when the first one ran', () => {
    const found = ledger([0, 0, 1], [job({ started: 2, finished: 3 }), job({}), job({ started: 2, finished: 3 })]);
    expect(found).toMatchObject({ accepted: 3, completed: 2, lost: 0, deduplicated: 1 });
    expect(violations(found, stubTraits)).toEqual([]);
  });
  it('an event of which no delivery ran is lost', () => {
    const found = ledger([0, 0, -1, -1], [job({}), job({}), job({ started: 2, finished: 3 }), job({})]);
    expect(found).toMatchObject({ lost: 3, deduplicated: 0 });
  });
});
