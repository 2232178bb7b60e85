import { afterAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/verdict.js';
import type { Params } from '../../src/core/scenario.js';
import type { Question } from '../../src/engine/request.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { loadScenario, runTrial } from '../support/dist.js';
import { measured } from '../support/measured.js';
import { openPhase, plain, spinsPerMs, trialRequest } from '../support/trial.js';

async function question(name: string, params: Params): Promise<Question> {
  const scenario = await loadScenario(name);
  return { name, scenario, paramSets: [scenario.params.parse({ warmup: '200ms', ...params })] };
}

describe('R7: at 1.2 times its capacity', () => {
  // Once more where others took the processors while its capacity was measured: it carries more than that without them.
  const LIMIT = { timeout: 120_000, retry: 1 };
  it('a backend is UNSTABLE, its cell invalid, and no percentile is printed', LIMIT, async () => {
    const sqlite = await contestant('sqlite');
    const backends = [await contestant('memory'), ...((await missing(sqlite)) === undefined ? [sqlite] : [])];
    // Jobs that wait: how many a second are carried does not depend on who else uses the processors.
    const overload = await question('latency', { rate: '120%', work: 'io:5ms', concurrency: 1, duration: '1500ms' });
    const result = await measured(backends, [overload]);
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
