import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/verdict.js';
import { phaseOf } from '../../src/core/timeline.js';
import { contestant } from '../support/contestants.js';
import { measured } from '../support/measured.js';
import { stubQuestion } from '../support/stubs.js';
import { countPhase, openPhase, plain } from '../support/trial.js';

/* Counts and orders, which are the same on a machine that does other things as well. */

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
    await measured([await contestant('memory')], [watched], { seed, trials: 2 });
    return trials;
  }
  const round = (ms: number) => Math.round(ms * 1e6) / 1e6;

  it('gives the same order of trials and the same arrivals; another gives others', { timeout: 120_000 }, async () => {
    const [first, again, other] = [await noted(5), await noted(5), await noted(6)];
    expect(first).toHaveLength(6);
    expect(first.flatMap(({ due }) => due).length).toBeGreaterThan(30);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    // Every block holds every cell once, and the trials of a cell differ.
    for (const block of [0, 3]) {
      expect(
        first
          .slice(block, block + 3)
          .map(({ rate }) => rate)
          .sort(),
      ).toEqual([40, 60, 80]);
    }
    expect(new Set(first.map(({ due }) => JSON.stringify(due))).size).toBe(6);
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
    const result = await measured([await contestant(fault, options)], [carried]);
    const [cell] = result.cells;
    expect([cell?.status, cell?.error]).toEqual(['invalid', undefined]);
    expect(cell?.reason).toMatch(said);
    expect([cell?.summary, cell?.refused]).toEqual([{}, { jobs: 'no trial stands' }]);
    expect(exitCodeOf(result)).toBe(4);
  });

  it('and one without a fault is not', async () => {
    const result = await measured([await contestant('sound')], [carried]);
    expect(result.cells[0]).toMatchObject({ status: 'ok', summary: { jobs: { median: 340 } } });
    expect(exitCodeOf(result)).toBe(0);
  });
});
