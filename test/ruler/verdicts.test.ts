import { afterAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/verdict.js';
import type { Params } from '../../src/core/scenario.js';
import { phaseOf } from '../../src/core/timeline.js';
import type { Contestant, Question } from '../../src/engine/request.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { loadScenario, measure, runTrial } from '../support/dist.js';
import { requestFor, stubQuestion } from '../support/stubs.js';
import { countPhase, openPhase, plain, spinsPerMs, trialRequest } from '../support/trial.js';

const silent = { status: () => undefined, note: () => undefined };
const unheard = { trial: () => undefined };

function run(contestants: readonly Contestant[], questions: readonly Question[], rest = {}, sink = unheard) {
  return measure(requestFor(contestants, questions, rest), silent, sink, new AbortController().signal);
}

async function question(name: string, params: Params): Promise<Question> {
  const scenario = await loadScenario(name);
  return { name, scenario, paramSets: [scenario.params.parse({ warmup: '200ms', ...params })] };
}

describe('R7: at 1.2 times its capacity', () => {
  it('a backend is UNSTABLE, its cell invalid, and no percentile is printed', async () => {
    const sqlite = await contestant('sqlite');
    const backends = [await contestant('memory'), ...((await missing(sqlite)) === undefined ? [sqlite] : [])];
    // Jobs that wait: how many a second are carried does not depend on who else uses the processors.
    const overload = await question('latency', { rate: '120%', work: 'io:5ms', concurrency: 1, duration: '1500ms' });
    const result = await run(backends, [overload]);
    expect(result.cells).toHaveLength(backends.length);
    for (const cell of result.cells) {
      expect(cell).toMatchObject({
        status: 'invalid',
        reason: expect.stringMatching(/UNSTABLE \(backlog \+\d+ jobs\/s\)/),
      });
      expect({ ...cell.merged, ...cell.summary }).toEqual({});
      expect(cell.trials[0]?.values).not.toHaveProperty('wait_p50');
      expect(Object.keys(cell.refused ?? {})).toEqual(expect.arrayContaining(['wait_p50', 'total_p99', 'total_max']));
    }
    expect(exitCodeOf(result)).toBe(4);
  });
});

describe('R7: far more than it can carry, on the event loop that it shares with the generator', () => {
  const scratch = scratchFolder();
  afterAll(() => scratch.remove());

  it('ends before its deadline with every job accounted for, and is UNSTABLE', async () => {
    const memory = await contestant('memory');
    // Three times as much work as there is time.
    const load = { arrivals: 'poisson', ratePerS: 100_000, durationMs: 500 } as const;
    const layout = { ...plain, work: { kind: 'cpu', ms: 0.03 } as const, phases: [openPhase(load)] };
    const request = trialRequest(memory, scratch.dir, layout, { spinsPerMs: spinsPerMs() });
    const { failure, timeline, ledger } = await runTrial(request, new AbortController().signal);
    expect(failure).toBeUndefined();
    expect(ledger.planned).toBeGreaterThan(45_000);
    expect(ledger).toMatchObject({ accepted: ledger.planned, completed: ledger.planned });
    const { judge } = await loadScenario('latency');
    const traits = memory.adapter.traits;
    expect(judge?.(timeline, { rate: '100000' }, { traits, capacity: {} })).toContainEqual({
      severity: 'invalid',
      code: 'unstable',
      message: expect.stringMatching(/^UNSTABLE/),
    });
  });
});

describe('R8: the same seed', () => {
  /** Three cells that note when their jobs were due, in the order in which they were measured. */
  async function noted(seed: number) {
    const trials: { rate: number; due: number[] }[] = [];
    const rates = [40, 60, 80].map((rate) => ({ rate }));
    const watched = stubQuestion('watched', rates, {
      layout: ([{ rate }]) => ({
        ...plain,
        phases: [openPhase({ arrivals: 'poisson', ratePerS: Number(rate), durationMs: 200 })],
      }),
      measure(timeline, { rate }) {
        const { window, indices } = phaseOf(timeline, 'open');
        // The clock's own grain: a due time is the start of the phase plus the schedule.
        trials.push({
          rate: Number(rate),
          due: [...indices].map((i) => round((timeline.due[i] ?? 0) - window.startMs)),
        });
        return {};
      },
    });
    await run([await contestant('memory')], [watched], { seed, trials: 3 });
    return trials;
  }
  const round = (ms: number) => Math.round(ms * 1e6) / 1e6;

  it('gives the same order of trials and the same arrivals; another gives others', async () => {
    const [first, again, other] = [await noted(5), await noted(5), await noted(6)];
    expect(first).toHaveLength(9);
    expect(first.flatMap(({ due }) => due).length).toBeGreaterThan(50);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    // Every block holds every cell once, and the trials of a cell differ.
    for (const block of [0, 3, 6]) {
      expect(
        first
          .slice(block, block + 3)
          .map(({ rate }) => rate)
          .sort(),
      ).toEqual([40, 60, 80]);
    }
    expect(new Set(first.map(({ due }) => JSON.stringify(due))).size).toBe(9);
  });
});

describe('R11: a planted fault is found and named, and the cell is invalid', () => {
  const ahead = openPhase({ arrivals: 'constant', ratePerS: 200, durationMs: 200, aheadMs: 30 }, 'ahead');
  const carried = stubQuestion('carried', [{}], {
    metrics: { jobs: { label: 'jobs', unit: 'count', better: 'higher' } },
    layout: () => ({ ...plain, phases: [ahead, countPhase(300)] }),
    measure: (timeline) => ({ jobs: timeline.size }),
  });

  it.each([
    ['loses one job', 'drops', { every: 300 }, /^lost 1 of 340 accepted jobs$/],
    ['repeats one', 'repeats', { every: 300 }, /^repeated 1 of 340 jobs/],
    ['starts them early', 'early', {}, /^started \d+ of 340 jobs before the time they were scheduled for$/],
  ])('an adapter that %s', async (_, fault, options, said) => {
    const result = await run([await contestant(fault, options)], [carried]);
    const [cell] = result.cells;
    expect([cell?.status, cell?.error]).toEqual(['invalid', undefined]);
    expect(cell?.reason).toMatch(said);
    expect([cell?.summary, cell?.refused]).toEqual([{}, { jobs: 'no trial stands' }]);
    expect(exitCodeOf(result)).toBe(4);
  });

  it('and one without a fault is not', async () => {
    const result = await run([await contestant('sound')], [carried]);
    expect(result.cells[0]).toMatchObject({ status: 'ok', summary: { jobs: { median: 340 } } });
    expect(exitCodeOf(result)).toBe(0);
  });
});
