import { describe, expect, it } from 'vitest';
import type { Cell } from '../../src/core/result.js';
import type { Scenario } from '../../src/core/scenario.js';
import type { Question } from '../../src/engine/request.js';
import { contestant, missing } from '../support/contestants.js';
import { adapterNames, loadScenario, scenarioNames } from '../support/dist.js';
import { measured } from '../support/measured.js';

/** So short that everything together takes about two minutes: whether all pieces fit, not what the numbers are. */
const SHORT: Readonly<Record<string, unknown>> = {
  warmup: '100ms',
  duration: '200ms',
  // Of all scenarios that have them: little load, so that a busy machine carries it.
  ahead: '100ms',
  rate: '50',
  work: 'noop',
  webLoad: '20',
  kills: '1',
  backoff: '20ms',
  takes: '5ms',
  gap: '20ms',
  idle: '300ms',
};

/** Of one scenario, where the others take other values or none. */
const SHORTER: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  keepwarm: { duration: '1s', length: '5ms', wait: '0' },
  burst: { jobs: '50', length: '5ms', cap: '4' },
  // More than all calls in flight put there; of 100,000 a busy machine would not be rid before the deadline.
  backlog: { depth: '5000' },
};

/**
 * Reasons that come from the machine and not from us: a few hundred milliseconds on two cores that others use too can
 * hold up the generator, or let a backlog grow for so long. That a backlog which does grow is found out, and one which
 * does not is left alone, is for test/ruler, which has the time for it, and test/scenarios, which needs none.
 */
const NOISE =
  /^(UNSTABLE \(backlog \+[\d,]+ jobs\/s\)|the rate was not held: [\d.]+ % of the planned jobs.*|\d+ of \d+ trials? cannot be counted.*)$/;

/** A dead worker's jobs are waited for, so leases are short where that does no harm. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { sqlite: { lease: '1s' } };

/**
 * Every adapter with every second scenario, beginning with the first or the second one: two files, so that two processes
 * share the work. The folders are the list: a new adapter or scenario is tried without a word here.
 */
export async function smoke(half: 0 | 1): Promise<void> {
  const contestants = await Promise.all(adapterNames().map((name) => contestant(name, OPTIONS[name])));
  const absent = new Map(await Promise.all(contestants.map(async (one) => [one.label, await missing(one)] as const)));
  const names = scenarioNames().filter((_, n) => n % 2 === half);
  const questions = await Promise.all(names.map(shortQuestion));
  const { cells } = await measured(contestants, questions);
  for (const { label } of contestants) {
    describe(label, () => {
      it.each(names)('%s', (name) => {
        const own = cells.filter(({ scenario, adapter }) => scenario.name === name && adapter.label === label);
        expect(own.length).toBeGreaterThan(0);
        for (const cell of own) check(cell, absent.get(label) !== undefined);
      });
    });
  }

  it('only what an adapter does not promise is skipped where its backend is there', () => {
    const skipped = cells.filter(
      ({ status, adapter }) => status === 'skipped' && absent.get(adapter.label) === undefined,
    );
    const odd = skipped.filter(({ reason = '' }) => !/^\S+ does not support \w/.test(reason));
    expect(odd.map(({ id, reason }) => [id, reason])).toEqual([]);
    const measured = new Set(cells.filter(({ trials }) => trials.length > 0).map(({ scenario }) => scenario.name));
    expect([...measured].sort()).toEqual([...names].sort());
  });
}

async function shortQuestion(name: string): Promise<Question> {
  const whole = await loadScenario(name);
  const known = Object.entries(SHORT).filter(([key]) => key in whole.params.shape);
  const short = { ...Object.fromEntries(known), ...SHORTER[name] };
  return { name, scenario: onePlacement(whole), paramSets: [whole.params.parse(short)] };
}

/** The last placement that an adapter allows stands for all of them. */
function onePlacement(scenario: Scenario): Scenario {
  const { expand } = scenario;
  if (expand === undefined) return scenario;
  const last: Scenario['expand'] = (params, traits, profile) => {
    const cells = expand.call(scenario, params, traits, profile);
    return cells.filter(({ placement }) => placement === cells.at(-1)?.placement);
  };
  return { ...scenario, expand: last };
}

function check(cell: Cell, backendIsMissing: boolean): void {
  if (backendIsMissing || cell.status === 'skipped') {
    expect(cell).toMatchObject({ status: 'skipped', reason: expect.stringMatching(/\w/) });
    return;
  }
  const broken = (cell.reason ?? '').split('; ').filter((reason) => reason !== '' && !NOISE.test(reason));
  expect([cell.id, cell.error, ...broken]).toEqual([cell.id, undefined]);
  // One that the machine spoilt is measured once more, and stays in the file.
  expect(cell.trials.length).toBeGreaterThan(0);
  const counted = cell.trials.filter(({ setAside }) => setAside === undefined);
  expect(counted.length).toBeLessThanOrEqual(1);
  for (const { ledger } of cell.trials) {
    const { repeatedInFlight: duplicated = 0, deduplicated = 0 } = ledger;
    expect(ledger).toMatchObject({ rejected: 0, lost: 0, duplicated, unexpected: 0, early: 0, failed: 0 });
    expect(ledger.completed + deduplicated).toBe(ledger.accepted);
    expect(ledger.completed).toBeGreaterThan(0);
  }
  // Every metric has a number or the reason why not; and what was measured is not all refused.
  const told = { ...cell.summary, ...cell.merged, ...cell.refused };
  expect(Object.keys(cell.metrics).filter((metric) => told[metric] === undefined)).toEqual([]);
  if (cell.status === 'ok') expect(Object.keys(cell.summary).length).toBeGreaterThan(0);
}
