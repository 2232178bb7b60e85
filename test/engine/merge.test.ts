import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phase } from '../../src/core/layout.js';
import { seedFor } from '../../src/core/random.js';
import { arrivals } from '../../src/engine/arrivals.js';
import { mergeLogs, type Recorded } from '../../src/engine/merge.js';
import { type LogRow, writeLog } from '../support/logs.js';
import { phaseWindow } from '../support/timeline.js';

const closed: Phase = {
  name: 'jobs',
  workers: 'on',
  jobs: { kind: 'count', jobs: 4, inFlight: 1, batch: 1, maxMs: 1 },
  until: 'settled',
};

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-merge-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const log = (name: string, rows: readonly LogRow[]) => writeLog(join(dir, name), rows);

function merge(produced: Recorded['produced'], rest: Partial<Recorded> = {}) {
  return mergeLogs({
    logDir: dir,
    epoch: { ns: '0', wallMs: 1_800_000_000_000 },
    seed: 7,
    phases: [closed],
    windows: [phaseWindow('jobs', 0, 100)],
    produced,
    usage: [],
    strikes: [],
    calls: [],
    observations: [],
    storeBytes: 0,
    memory: [],
    ...rest,
  });
}

const four = [[{ phase: 'jobs', from: 0, to: 4 }]];

describe('one producer', () => {
  beforeEach(() => {
    const rows: LogRow[] = [
      [0, 1, 2],
      [1, 3, 4],
      [2, 5, 6],
      [3, 7, 8, 0], // called, but not accepted
    ];
    log('producer-0.produced.log', rows);
  });

  it('marks of producer, handler and worker meet in one row', () => {
    log('w.main.executed.log', [[1, 10, 12]]);
    log('w.settled.log', [[1, 13, Number.NaN, 1]]);
    const timeline = merge(four);
    const at = (i: number) => [timeline.due[i], timeline.called[i], timeline.accepted[i], timeline.started[i]];
    expect(at(1)).toEqual([3, 3, 4, 10]);
    expect([timeline.finished[1], timeline.settled[1], timeline.starts[1]]).toEqual([12, 13, 1]);
    expect([...timeline.phase]).toEqual([0, 0, 0, 0]);
    expect(timeline.accepted[3]).toBeNaN();
    expect([timeline.started[0], timeline.finished[0], timeline.settled[0]]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it.each([
    [
      'in one log',
      [
        [
          'w.a.executed.log',
          [
            [0, 20, 21],
            [0, 10, 15],
          ],
        ],
      ],
    ],
    [
      'in two',
      [
        ['w.a.executed.log', [[0, 20, 21]]],
        ['w.b.executed.log', [[0, 10, 15]]],
      ],
    ],
    [
      'in two, the other way round',
      [
        ['w.a.executed.log', [[0, 10, 15]]],
        ['w.b.executed.log', [[0, 20, 21]]],
      ],
    ],
  ] as [string, [string, LogRow[]][]][])(
    'a job executed twice %s counts twice and keeps its first execution',
    (_, logs) => {
      for (const [name, rows] of logs) log(name, rows);
      const timeline = merge(four);
      expect([timeline.starts[0], timeline.completions[0]]).toEqual([2, 2]);
      expect([timeline.started[0], timeline.finished[0]]).toEqual([10, 15]);
    },
  );

  it.each([
    [
      'in order',
      [
        [2, 10, 11, 2],
        [2, 20, 21, 2],
        [2, 30, 31, 1],
      ],
    ],
    [
      'in any order',
      [
        [2, 30, 31, 1],
        [2, 10, 11, 2],
        [2, 20, 21, 2],
      ],
    ],
  ] as [string, LogRow[]][])('a retried job has the marks of the attempt that completed (%s)', (_, rows) => {
    log('w.main.executed.log', rows);
    log('w.settled.log', [
      [2, 12, Number.NaN, 3],
      [2, 22, Number.NaN, 3],
      [2, 32, Number.NaN, 1],
    ]);
    const timeline = merge(four);
    expect([timeline.starts[2], timeline.completions[2], timeline.failed[2]]).toEqual([3, 1, 0]);
    expect([timeline.started[2], timeline.finished[2], timeline.settled[2]]).toEqual([30, 31, 32]);
  });

  it('a job that failed for good has its first start, no end, and the mark of its failure', () => {
    log('w.main.executed.log', [
      [2, 20, 21, 2],
      [2, 10, 11, 2],
    ]);
    log('w.settled.log', [[2, 22, Number.NaN, 2]]);
    const timeline = merge(four);
    expect([timeline.starts[2], timeline.completions[2], timeline.failed[2]]).toEqual([2, 0, 1]);
    expect([timeline.started[2], timeline.finished[2], timeline.settled[2]]).toEqual([10, Number.NaN, 22]);
  });

  it('an execution that a killed worker began has no end and is no completion', () => {
    log('w.main.executed.log', [[0, 10]]);
    const timeline = merge(four);
    expect([timeline.starts[0], timeline.completions[0], timeline.started[0]]).toEqual([1, 0, 10]);
    expect(timeline.finished[0]).toBeNaN();
  });

  it('executions of indices that nobody produced are counted, and go nowhere', () => {
    log('w.main.executed.log', [
      [4, 10, 11],
      [-1, 10, 11],
      [1_000_000, 10, 11],
      [0, 10, 11],
    ]);
    const timeline = merge(four);
    expect(timeline.unexpected).toBe(3);
    expect([...timeline.starts]).toEqual([1, 0, 0, 0]);
  });

  it('a log that is cut short is an error that names the file', () => {
    log('w.main.executed.log', [[0, 10, 11]]);
    const path = join(dir, 'w.main.executed.log');
    writeFileSync(path, readFileSync(path).subarray(0, -5));
    expect(() => merge(four)).toThrow(/w\.main\.executed\.log is cut short/);
  });
});

describe('several producers', () => {
  it('share the indices in turn; what the shorter one did not make stays unproduced', () => {
    log('producer-0.produced.log', [
      [0, 1, 2],
      [2, 3, 4],
      [4, 5, 6],
    ]);
    log('producer-1.produced.log', [[1, 1, 2]]);
    log('w.main.executed.log', [[3, 10, 11]]);
    const timeline = merge([[{ phase: 'jobs', from: 0, to: 3 }], [{ phase: 'jobs', from: 0, to: 1 }]]);
    expect(timeline.size).toBe(5);
    expect([...timeline.phase]).toEqual([0, 0, 0, 255, 0]);
    expect(timeline.unexpected).toBe(1);
  });

  it('each has its own schedule, derived from the seed: latency counts from it, not from the call', () => {
    const load = { kind: 'open', arrivals: 'poisson', ratePerS: 40, durationMs: 100 } as const;
    const open: Phase = { name: 'open', workers: 'on', jobs: load, until: 'settled' };
    const schedules = [0, 1].map((ordinal) => arrivals(load, seedFor(7, 'open', ordinal)));
    const produced = schedules.map((times, ordinal) => {
      log(
        `producer-${ordinal}.produced.log`,
        [...times].map((at, k): LogRow => [ordinal + k * 2, 500 + at + 33, 500 + at + 34]),
      );
      return [{ phase: 'open', from: 0, to: times.length }];
    });
    expect(schedules.every((times) => times.length > 0)).toBe(true);
    const timeline = merge(produced, { phases: [open], windows: [phaseWindow('open', 500, 100)] });
    for (const [ordinal, times] of schedules.entries()) {
      for (const [k, at] of times.entries()) {
        expect(timeline.due[ordinal + k * 2]).toBeCloseTo(500 + at, 9);
        expect(timeline.called[ordinal + k * 2]).toBeCloseTo(533 + at, 9);
      }
    }
  });

  it('a second phase goes on where the first ended', () => {
    log('producer-0.produced.log', [
      [0, 1, 2],
      [1, 201, 202],
      [2, 203, 204],
    ]);
    const timeline = merge(
      [
        [
          { phase: 'jobs', from: 0, to: 1 },
          { phase: 'more', from: 1, to: 3 },
        ],
      ],
      {
        phases: [closed, { ...closed, name: 'more' }],
        windows: [phaseWindow('jobs', 0, 100), phaseWindow('more', 200, 100)],
      },
    );
    expect([...timeline.phase]).toEqual([0, 1, 1]);
  });
});

describe('web requests', () => {
  const phase: Phase = {
    name: 'web',
    workers: 'off',
    web: { arrivals: 'constant', rate: 100, durationMs: 30 },
    until: 'produced',
  };
  const windows = [phaseWindow('web', 1000, 30)];

  it('are due by the schedule, whenever they were sent', () => {
    log('web.requested.log', [
      [0, 1005, 1010],
      [1, 1025, 1030],
      [2, 1025, 1031, 2],
    ]);
    const [requests] = merge([], { phases: [phase], windows }).requests;
    expect([...(requests?.due ?? [])]).toEqual([1000, 1010, 1020]);
    expect([...(requests?.sent ?? [])]).toEqual([1005, 1025, 1025]);
    expect([...(requests?.ok ?? [])]).toEqual([1, 1, 0]);
  });

  it('of a closed load are due when they are sent', () => {
    log('web.requested.log', [[0, 1005, 1010]]);
    const web = { arrivals: 'closed', rate: 4, durationMs: 30 } as const;
    const [requests] = merge([], { phases: [{ ...phase, web }], windows }).requests;
    expect([...(requests?.due ?? [])]).toEqual([1005]);
  });
});

it('a trial without any log is an empty timeline', () => {
  const timeline = merge([[]]);
  expect([timeline.size, timeline.unexpected, timeline.requests.length]).toEqual([0, 0, 0]);
});
