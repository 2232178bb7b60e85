import { describe, expect, it } from 'vitest';
import type { Layout, Load, Phase } from '../../src/core/layout.js';
import { groupCells, planCells } from '../../src/engine/cells.js';
import { estimateMs, forecast } from '../../src/engine/estimate.js';
import { type Turn, turnsOf } from '../../src/engine/turns.js';
import { requestFor, stubContestant, stubQuestion, stubScenario } from '../support/stubs.js';

const ADAPTER = stubContestant('a');
const NOOP = stubScenario().layout([{}], { traits: ADAPTER.adapter.traits, capacity: {} });

/** The trials of a run, one group for each of the layouts. */
async function turns(layouts: readonly Partial<Layout>[], trials = 1, calibrated = false): Promise<Turn[]> {
  const questions = layouts.map((layout, i) =>
    stubQuestion(`s${i}`, [{}], {
      layout: () => ({ ...NOOP, ...layout }),
      calibrate: () => (calibrated ? ['jobsPerS', 'webPerS'] : []),
    }),
  );
  const request = requestFor([ADAPTER], questions, { trials });
  return turnsOf(groupCells(await planCells(request)), request);
}

function phase(jobs: Load | undefined, rest: Partial<Phase> = {}): Phase {
  return { name: 'p', workers: 'on', until: 'settled', ...(jobs && { jobs }), ...rest };
}

const open = (durationMs: number, aheadMs?: number): Load => ({
  kind: 'open',
  arrivals: 'constant',
  ratePerS: 1,
  durationMs,
  ...(aheadMs !== undefined && { aheadMs }),
});
const counted = (jobs: number, maxMs = 60_000): Load => ({ kind: 'count', jobs, inFlight: 1, batch: 1, maxMs });
const calls = (durationMs: number): Load => ({ kind: 'calls', call: 'enqueue', durationMs, batch: 1 });
const alone = { workers: 'off', until: 'produced' } as const;

describe('what a plan says of a trial', () => {
  const none = { phases: [] };
  it.each<[string, number, number, Partial<Layout>]>([
    ['an open phase takes its duration', 5000, 5200, { phases: [phase(open(5000))] }],
    ['jobs scheduled ahead are waited for', 6000, 6200, { phases: [phase(open(5000, 1000))] }],
    ['counted jobs take what the backend carries', 2000, 2200, { phases: [phase(counted(2000))] }],
    ['but no longer than they may', 500, 700, { phases: [phase(counted(2000, 500))] }],
    [
      'a drain takes as long again',
      4000,
      4300,
      { phases: [phase(counted(2000), alone), phase(undefined, { name: 'drain' })] },
    ],
    [
      'so does what single calls left',
      3000,
      3300,
      { phases: [phase(calls(1000), alone), phase(undefined, { name: 'drain' })] },
    ],
    [
      'a web phase takes the longer of both',
      3000,
      3200,
      { phases: [phase(open(1000), { web: { arrivals: 'poisson', rate: 1, durationMs: 3000 } })] },
    ],
  ])('%s', async (_, atLeast, atMost, layout) => {
    const capacity = () => ({ jobsPerS: 1000 });
    const overhead = forecast(capacity).remainingMs(await turns([none]));
    const ms = forecast(capacity).remainingMs(await turns([layout])) - overhead;
    expect(ms).toBeGreaterThanOrEqual(atLeast);
    expect(ms).toBeLessThanOrEqual(atMost);
  });

  it('where nothing was measured yet, the work itself bounds the rate', async () => {
    const phases = [phase(counted(100))];
    const slow = await turns([{ phases, work: { kind: 'cpu', ms: 50 } }]);
    const parallel = await turns([{ phases, work: { kind: 'io', ms: 50 }, workers: 2, concurrency: 5 }]);
    const none = forecast().remainingMs(await turns([{ phases: [phase(counted(0))] }]));
    expect(forecast().remainingMs(slow) - none).toBeCloseTo(5000);
    expect(forecast().remainingMs(parallel) - none).toBeCloseTo(500);
  });
});

describe('a run that takes another time than planned', () => {
  /** Goes through a run in virtual time: a trial takes `factor` of what its plan says. @returns error before each trial, in ms */
  function errors(all: readonly Turn[], factor: (turn: Turn) => number): number[] {
    const plan = forecast();
    const tookMs = all.map((turn) => factor(turn) * plan.remainingMs([turn]));
    const live = forecast();
    return all.map((turn, done) => {
      const rest = tookMs.slice(done).reduce((sum, ms) => sum + ms, 0);
      const error = live.remainingMs(all.slice(done)) - rest;
      live.took(turn.group, tookMs[done] ?? 0);
      return error;
    });
  }
  const layouts = Array.from({ length: 10 }, (_, i) => ({ phases: [phase(open(1000 * (i + 1)))] }));

  it('is forecast as planned when it keeps to the plan', async () => {
    for (const error of errors(await turns(layouts, 3), () => 1)) expect(error).toBeCloseTo(0, 6);
  });

  it('is forecast better with each kind of trial that was seen, and exactly when all were', async () => {
    const all = await turns(layouts, 2);
    const off = errors(all, () => 2).map(Math.abs);
    for (let i = 1; i < off.length; i++) expect(off[i]).toBeLessThanOrEqual((off[i - 1] as number) + 1e-6);
    // Half of the first block: the rest is forecast three times as well as by the plan alone.
    const plan = forecast().remainingMs(all.slice(5));
    expect(off[5]).toBeLessThan(plan / 3);
    for (const error of off.slice(layouts.length)) expect(error).toBeCloseTo(0, 6);
  });

  it('a backend that is slow on its own is remembered as such', async () => {
    const all = await turns(layouts, 4);
    const [slow] = all;
    const off = errors(all, ({ group }) => (group === slow?.group ? 5 : 1));
    for (const error of off.slice(layouts.length)) expect(error).toBeCloseTo(0, 6);
  });

  it('one odd trial at the beginning does not upset the rest', async () => {
    const all = await turns([...layouts, { phases: [] }], 1);
    const odd = all.findIndex(({ group }) => group.key.includes('s10'));
    const live = forecast();
    const rest = all.filter((_, i) => i !== odd);
    const before = live.remainingMs(rest);
    const group = all[odd]?.group;
    if (group === undefined) throw new Error('there is no such group');
    live.took(group, 5 * live.remainingMs([{ group, block: 0 }]));
    expect(live.remainingMs(rest)).toBeLessThan(1.3 * before);
  });
});

describe('before the first trial', () => {
  it('the machine and each capacity are counted, and counted down', async () => {
    const all = await turns([{ phases: [] }, { phases: [] }], 1, true);
    const trials = forecast().remainingMs(all);
    // What the adapter carries, what the web server answers, and the ceiling: the two scenarios share them.
    const left = [undefined, 1, 2, 3, 4].map((begun) => estimateMs(all, begun) - trials);
    const one = left[3] ?? 0;
    expect(one).toBeGreaterThan(0);
    expect(left.slice(1)).toEqual([3 * one, 2 * one, one, 0]);
    expect(left[0]).toBeGreaterThan(3 * one);
  });

  it('nothing to measure takes no time', () => expect(estimateMs([])).toBe(0));
});
