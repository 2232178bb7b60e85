import { describe, expect, it } from 'vitest';
import { JobbenchError } from '../../src/core/errors.js';
import type { Layout } from '../../src/core/layout.js';
import type { Capacity, Scenario } from '../../src/core/scenario.js';
import type { Bench } from '../../src/engine/bench.js';
import { type CapacityBook, levelled, measureCapacities } from '../../src/engine/capacities.js';
import { type Group, groupCells, planCells } from '../../src/engine/cells.js';
import type { Question } from '../../src/engine/request.js';
import { outcomeOf, probed } from '../support/outcome.js';
import { requestFor, stubContestant, stubQuestion } from '../support/stubs.js';
import { timelineOf } from '../support/timeline.js';
import { plain } from '../support/trial.js';

const web = { cpuMs: 1, waitMs: 5, db: 'off', placement: 'loop' } as const;

function asking(name: string, needs: readonly (keyof Capacity)[], layout: Partial<Layout> = {}): Question {
  const scenario: Partial<Scenario> = { calibrate: () => needs, layout: () => ({ ...plain, ...layout }) };
  return stubQuestion(name, [{}], scenario);
}

async function groupsOf(names: readonly string[], questions: readonly Question[]): Promise<Group[]> {
  const contestants = names.map((name) => stubContestant(name));
  return groupCells(await planCells(requestFor(contestants, questions)));
}

/** Backends that carry so many jobs and web servers that answer so many requests; a name without an entry cannot be reached. */
function benchOf(jobs: Readonly<Record<string, number>>, answers: Readonly<Record<string, number>> = {}) {
  const asked: string[] = [];
  const bench: Bench = {
    async trial({ label }, _traits, { phases }) {
      const kind = phases.some((phase) => phase.web) ? 'web' : 'jobs';
      asked.push(`${kind} ${label}`);
      const perS = (kind === 'web' ? answers : jobs)[label];
      if (perS !== undefined) return probed(perS, kind);
      return { ...outcomeOf(timelineOf([], [])), failure: new JobbenchError('CHILD', `${label} cannot be reached`) };
    },
    skewBoundUs: () => 0,
    cpuMs: () => 0,
  };
  return { bench, asked };
}

const measured = (groups: readonly Group[], { bench }: { bench: Bench }) =>
  measureCapacities(groups, bench, () => undefined, new AbortController().signal);

describe('the web server, which is ours', () => {
  const questions = [asking('contention', ['webPerS'], { web })];

  it('is measured once for all adapters', async () => {
    const groups = await groupsOf(['a', 'b'], questions);
    const stub = benchOf({}, { a: 500, b: 900 });
    const book = await measured(groups, stub);
    expect(stub.asked).toEqual(['web a']);
    for (const group of groups) expect(book.capacity(group).webPerS).toBeCloseTo(500, -1);
  });

  it('is measured by the second adapter where the first cannot be reached, and then neither fails for it', async () => {
    const groups = await groupsOf(['broken', 'b', 'c'], questions);
    const stub = benchOf({}, { b: 500, c: 900 });
    const book = await measured(groups, stub);
    expect(stub.asked).toEqual(['web broken', 'web b']);
    for (const group of groups) {
      expect(book.capacity(group).webPerS).toBeCloseTo(500, -1);
      expect(book.failure(group)).toBeUndefined();
    }
  });

  it('where none can be reached each adapter fails with what was said of it', async () => {
    const groups = await groupsOf(['a', 'b'], questions);
    const book = await measured(groups, benchOf({}));
    expect(groups.map((group) => book.failure(group)?.message)).toEqual(['a cannot be reached', 'b cannot be reached']);
    expect(groups.map((group) => book.capacity(group))).toEqual([{}, {}]);
  });

  it('is measured anew where its requests are others', async () => {
    const slow = asking('slow', ['webPerS'], { web: { ...web, cpuMs: 10 } });
    const stub = benchOf({}, { a: 500 });
    await measured(await groupsOf(['a'], [...questions, slow]), stub);
    expect(stub.asked).toEqual(['web a', 'web a']);
  });
});

describe('what a backend carries', () => {
  it('is its own, measured once for questions of the same jobs, with the ceiling of the harness last', async () => {
    const groups = await groupsOf(['a', 'b'], [asking('x', ['jobsPerS']), asking('y', ['jobsPerS'])]);
    const stub = benchOf({ a: 1000, b: 4000, memory: 8000 });
    const book = await measured(groups, stub);
    expect(stub.asked).toEqual(['jobs a', 'jobs b', 'jobs memory']);
    expect(groups.map((group) => Math.round((book.capacity(group).jobsPerS ?? 0) / 100))).toEqual([10, 40, 10, 40]);
    expect(book.ceilingPerS).toBeCloseTo(8000, -2);
  });

  it('of one that cannot be reached fails its cells alone, and is not tried again', async () => {
    const groups = await groupsOf(['a', 'b'], [asking('x', ['jobsPerS']), asking('y', ['jobsPerS'])]);
    const stub = benchOf({ b: 100, memory: 1000 });
    const book = await measured(groups, stub);
    expect(stub.asked).toEqual(['jobs a', 'jobs b', 'jobs memory']);
    expect(groups.map((group) => book.failure(group)?.message)).toEqual([
      ...['a cannot be reached', undefined, 'a cannot be reached', undefined],
    ]);
  });

  it('does not matter to a question that needs none of it', async () => {
    const stub = benchOf({});
    const [group] = await groupsOf(['a'], [asking('x', [])]);
    const book = await measured(group ? [group] : [], stub);
    expect(stub.asked).toEqual([]);
    expect(book.ceilingPerS).toBeUndefined();
    expect(group && book.failure(group)).toBeUndefined();
  });
});

describe('arms', () => {
  const bookOf = (rates: Readonly<Record<string, Capacity>>): CapacityBook => ({
    capacity: ({ cells: [first] }) => rates[first.id] ?? {},
    failure: () => undefined,
    failedOutcome: () => undefined,
    ceilingPerS: 9,
  });

  it('get the lowest capacity of those who are asked the same', async () => {
    const groups = await groupsOf(['a', 'b'], [asking('x', []), asking('y', [])]);
    const book = levelled(
      bookOf({
        'x a': { jobsPerS: 100, webPerS: 50 },
        'x b': { jobsPerS: 300, webPerS: 40 },
        'y a': { jobsPerS: 7 },
        'y b': {},
      }),
      groups,
    );
    const of = (id: string) => groups.filter(({ cells: [first] }) => first.id === id).map(book.capacity);
    expect([of('x a'), of('x b')]).toEqual([[{ jobsPerS: 100, webPerS: 40 }], [{ jobsPerS: 100, webPerS: 40 }]]);
    expect([of('y a'), of('y b')]).toEqual([[{ jobsPerS: 7 }], [{ jobsPerS: 7 }]]);
    expect(book.ceilingPerS).toBe(9);
  });
});
