import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/conformance/check.js';
import { counted } from '../../src/conformance/counted.js';
import type { Promised } from '../../src/conformance/excuses.js';
import { missedWhileHeld } from '../../src/conformance/freeze.js';
import { harming } from '../../src/conformance/harming.js';
import type { Harm, History, JobHistory, Run } from '../../src/conformance/history.js';
import { historyOf } from '../../src/conformance/steps.js';
import { ifStruck } from '../../src/conformance/struck.js';
import type { RunMs } from '../../src/core/clock.js';
import { stubTraits } from '../support/stubs.js';

const ONCE_AT_LEAST: Promised = { delivery: 'at-least-once', durability: 'process-crash', recoveryMs: 1_000 };
const ONCE_AT_MOST: Promised = { delivery: 'at-most-once', durability: 'memory' };
const JOB_MS = 10;

function run(process: string, started: number, ended: Run['ended'] = 'completed'): Run {
  return { process, started, finished: ended === 'never' ? Number.NaN : started + JOB_MS, ended };
}

/** Done once, by one of two workers, and told of 1 ms after. */
const sound = fc
  .record({ index: fc.nat(10_000), at: fc.nat(2_000), worker: fc.constantFrom('worker-0', 'worker-1') })
  .map(({ index, at, worker }): JobHistory => {
    const told = [{ process: worker, atMs: at + 5 + JOB_MS + 1, outcome: 'completed' as const }];
    return { index, acceptedMs: at, attempts: 1, fails: 0, runs: [run(worker, at + 5)], told };
  });
const jobs = fc.uniqueArray(sound, { minLength: 1, maxLength: 30, selector: ({ index }) => index });
const kill = fc
  .record({ process: fc.constantFrom('worker-0', 'worker-1'), atMs: fc.nat(2_000) })
  .map(({ process, atMs }): Harm => ({ kind: 'kill', process, atMs, untilMs: atMs + 3, held: 0 }));
const kills = fc.array(kill, { maxLength: 4 });
/** A checked history with all that is wrong in it in one list. */
function judged(history: History, promised: Promised) {
  const { violations, miscounts, ...checked } = check(history, promised);
  return { ...checked, violations: [...miscounts.map(({ said }) => said), ...violations] };
}
const history = (all: readonly JobHistory[], harms: readonly Harm[]): History => ({ jobs: all, harms, unexpected: 0 });

/** By the definition, not by the code: begun before the kill was over, not told of before it began. */
function struck({ runs, told }: JobHistory, harms: readonly Harm[]): boolean {
  const [first] = runs;
  const end = told[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return harms.some(
    (harm) =>
      first !== undefined && first.process === harm.process && first.started <= harm.untilMs && end >= harm.atMs,
  );
}

/** Accepted, and never begun as far as anybody has seen. */
function unseen(index: number, acceptedMs: number): JobHistory {
  return { index, acceptedMs, attempts: 1, fails: 0, runs: [], told: [] };
}

describe('the checker', () => {
  it('finds nothing where each job is done once, whatever was killed', () => {
    fc.assert(
      fc.property(jobs, kills, (all, harms) => {
        for (const promised of [ONCE_AT_LEAST, ONCE_AT_MOST]) {
          expect(judged(history(all, harms), promised).violations).toEqual([]);
        }
      }),
    );
  });

  it('never excuses the loss of what was not in flight', () => {
    fc.assert(
      fc.property(jobs, kills, fc.nat(), (all, harms, pick) => {
        const victim = all[pick % all.length] as JobHistory; // there is one at least
        const rest = all.filter((job) => job !== victim);
        // Begun and lost before anybody was killed; accepted and never begun; begun after.
        const lost: JobHistory = { ...victim, runs: [], told: [] };
        expect(judged(history([...rest, lost], harms), ONCE_AT_MOST).violations).toHaveLength(1);
        expect(judged(history([...rest, lost], harms), ONCE_AT_LEAST).violations).toHaveLength(1);
      }),
    );
  });

  it('excuses a repeat exactly where the first execution was struck, and at most once none', () => {
    fc.assert(
      fc.property(jobs, kills, fc.nat(), fc.boolean(), (all, harms, pick, heard) => {
        const victim = all[pick % all.length] as JobHistory; // there is one at least
        const rest = all.filter((job) => job !== victim);
        const second = run('worker-2', (victim.acceptedMs ?? 0) + 300);
        const first = heard ? victim : { ...victim, told: [] };
        const ending = { process: 'worker-2', atMs: second.started + 20, outcome: 'completed' as const };
        const twice = { ...first, runs: [...first.runs, second], told: [...first.told, ending] };
        const excused = struck(first, harms);
        const broken = judged(history([...rest, twice], harms), ONCE_AT_LEAST).violations;
        expect(broken.length > 0).toBe(!excused);
        expect(judged(history([...rest, twice], harms), ONCE_AT_MOST).violations.join()).toMatch(/^repeated 1 /);
      }),
    );
  });

  it('does not excuse two repeats by one kill', () => {
    const runs = [run('worker-0', 10, 'never'), run('worker-1', 100), run('worker-1', 200)];
    const told = [{ process: 'worker-1', atMs: 111, outcome: 'completed' as const }];
    const job: JobHistory = { index: 0, acceptedMs: 0, attempts: 1, fails: 0, runs, told };
    const harm: Harm = { kind: 'kill', process: 'worker-0', atMs: 15, untilMs: 16, held: 0 };
    expect(judged(history([job], [harm]), ONCE_AT_LEAST).violations).toEqual([
      'repeated 1 of 1 jobs, that no fault had touched',
    ]);
  });

  it('excuses no more losses at most once than a killed worker has hands, and none that came after it', () => {
    const harm: Harm = { kind: 'kill', process: 'worker-0', atMs: 100, untilMs: 103, held: 3 };
    const inHand: JobHistory = { ...unseen(100, 0), runs: [run('worker-0', 95, 'never')] };
    const broken = (...jobs: JobHistory[]) => judged(history(jobs, [harm]), ONCE_AT_MOST).violations.join();
    fc.assert(
      fc.property(fc.nat(6), fc.boolean(), (n, seen) => {
        const never = Array.from({ length: n }, (_, index) => unseen(index, 50));
        const blamed = Math.max(0, n - (seen ? 2 : 3));
        const said = broken(...never, ...(seen ? [inHand] : []));
        expect(said).toMatch(blamed === 0 ? /^$/ : new RegExp(`^lost ${blamed} of`));
      }),
    );
    expect(broken(unseen(0, 500))).toMatch(/^lost 1 of 1/);
    const began: JobHistory = { ...unseen(0, 0), runs: [run('worker-1', 10, 'never')] };
    expect(broken(began)).toMatch(/^lost 1 of 1/);
  });

  it.each([
    ['an early start', { dueMs: 50, runs: [run('worker-0', 49)] }, /started 1 of 1 jobs before/],
    [
      'an outcome told twice',
      { told: [1, 2].map((atMs) => ({ process: 'worker-0', atMs: atMs + 20, outcome: 'completed' as const })) },
      /more than once/,
    ],
    [
      'a failure without a throw',
      { runs: [], told: [{ process: 'worker-0', atMs: 20, outcome: 'failed' as const }] },
      /as failed that did not throw/,
    ],
  ])('finds %s', (_, more, said) => {
    const job: JobHistory = {
      index: 0,
      acceptedMs: 0,
      attempts: 1,
      fails: 0,
      runs: [run('worker-0', 5)],
      told: [],
      ...more,
    };
    expect(judged(history([job], []), ONCE_AT_LEAST).violations.join()).toMatch(said);
  });

  it('excuses what a frozen worker had claimed and begins on waking, no more of it than it may hold', () => {
    const freeze: Harm = { kind: 'freeze', process: 'worker-1', atMs: 10, untilMs: 2_000, held: 1 };
    const again = (index: number, acceptedMs = 0): JobHistory => ({
      ...{ index, acceptedMs, attempts: 1, fails: 0 },
      runs: [run('worker-1', 2_040), run('worker-1', 3_100)],
      told: [{ process: 'worker-1', atMs: 3_110, outcome: 'completed' }],
    });
    const found = (...jobs: JobHistory[]) => judged(history(jobs, [freeze]), ONCE_AT_LEAST).violations;
    expect(found(again(0))).toEqual([]);
    expect(found(again(0), again(1)).join()).toMatch(/^repeated 1 of 2 jobs, that no fault had touched/);
    expect(found(again(0, 2_010)).join()).toMatch(/^repeated 1 of 1 jobs/);
  });

  describe('of a worker that was frozen past its lease', () => {
    const [FROM, UNTIL, LEASE] = [1_000, 4_000, 500];
    const freeze = (held: number): Harm => ({ kind: 'freeze', process: 'worker-1', atMs: FROM, untilMs: UNTIL, held });
    const ended = (by: string, started: number): Pick<JobHistory, 'runs' | 'told'> => ({
      runs: [run(by, started)],
      told: [{ process: by, atMs: started + JOB_MS, outcome: 'completed' }],
    });
    const both = (...parts: Pick<JobHistory, 'runs' | 'told'>[]) => ({
      ...{ acceptedMs: 0, attempts: 1, fails: 0 },
      runs: parts.flatMap(({ runs }) => runs),
      told: parts.flatMap(({ told }) => told),
    });
    /** When another worker takes a job over: at any time from when the lease has lapsed. */
    const takenMs = fc.integer({ min: FROM + LEASE, max: UNTIL + 200 });
    const wokenMs = fc.integer({ min: UNTIL + 1, max: UNTIL + 150 });
    /** In its hands, or claimed by it and not begun: begun by another one, and by itself when it woke up. */
    const inHand = takenMs.map((at) => {
      const slept = { process: 'worker-1', started: FROM - 5, finished: UNTIL + 5, ended: 'completed' as const };
      const told = [{ process: 'worker-1', atMs: UNTIL + 6, outcome: 'completed' as const }];
      return both({ runs: [slept], told }, ended('worker-0', at));
    });
    const claimed = fc
      .tuple(takenMs, wokenMs)
      .map(([at, woken]) => both(ended('worker-0', at), ended('worker-1', woken)));
    const numbered = (all: readonly Omit<JobHistory, 'index'>[]) => all.map((job, index) => ({ index, ...job }));
    const wrong = (all: readonly Omit<JobHistory, 'index'>[], held: number) =>
      judged(history(numbered(all), [freeze(held)]), ONCE_AT_LEAST).violations.join();

    it('excuses what it held, whoever begins it first', () => {
      fc.assert(
        fc.property(fc.array(inHand, { maxLength: 3 }), fc.array(claimed, { maxLength: 4 }), (hands, waiting) => {
          expect(wrong([...hands, ...waiting], waiting.length)).toBe('');
        }),
      );
    });

    it('never excuses what it cannot have held', () => {
      const others = fc.constantFrom(
        both(ended('worker-0', FROM - 50), ended('worker-1', UNTIL + 20)), // done before it slept
        both(ended('worker-0', FROM + 900), ended('worker-0', UNTIL + 20)), // by one that was awake
        both(ended('worker-0', FROM + 900), ended('worker-2', UNTIL + 20)),
        { ...both(ended('worker-0', UNTIL + 30), ended('worker-1', UNTIL + 40)), acceptedMs: UNTIL + 10 },
        both(ended('worker-0', FROM + 900), ended('worker-1', UNTIL + 20), ended('worker-0', UNTIL + 40)), // once is enough
        both(ended('worker-1', FROM - 50), ended('worker-0', FROM + 900)), // told of before it slept
      );
      fc.assert(
        fc.property(fc.array(inHand, { maxLength: 3 }), fc.array(claimed, { maxLength: 4 }), others, (a, b, other) => {
          expect(wrong([...a, ...b, other], b.length + 1)).toMatch(/^repeated 1 of/);
        }),
      );
      fc.assert(
        fc.property(fc.array(claimed, { minLength: 1, maxLength: 5 }), fc.nat(4), (some, held) => {
          const blamed = Math.max(0, some.length - held);
          expect(wrong(some, held)).toMatch(blamed === 0 ? /^$/ : new RegExp(`^repeated ${blamed} of`));
        }),
      );
    });
  });

  it('excuses as many given-up jobs that nobody saw begin as a killed worker had hands free for', () => {
    const failed = [{ process: 'worker-1', atMs: 1_500, outcome: 'failed' as const }];
    const givenUp = (index: number, acceptedMs = 0): JobHistory => ({ ...unseen(index, acceptedMs), told: failed });
    const inHands: JobHistory = { ...unseen(9, 0), runs: [run('worker-0', 90, 'never'), run('worker-1', 900)] };
    const found = (held: number, ...some: JobHistory[]) => {
      const harm: Harm = { kind: 'kill', process: 'worker-0', atMs: 100, untilMs: 101, held };
      return judged(history([inHands, ...some], [harm]), ONCE_AT_LEAST).violations.join();
    };
    expect(found(2, givenUp(0))).toBe('');
    expect(found(2, givenUp(0), givenUp(1))).toMatch(/^reported 1 of 3 jobs as failed that did not throw/);
    expect(found(1, givenUp(0))).toMatch(/^reported 1 of 2/);
    expect(found(2, givenUp(0, 300))).toMatch(/^reported 1 of 2/);
  });

  it('holds a recovery to its promise, and lets memory be forgotten by a server that dies', () => {
    const slow: JobHistory = {
      ...{ index: 0, acceptedMs: 0, attempts: 1, fails: 0, told: [] },
      runs: [run('worker-0', 10, 'never'), run('worker-1', 4_000)],
    };
    const harm: Harm = { kind: 'kill', process: 'worker-0', atMs: 15, untilMs: 16, held: 0 };
    expect(judged(history([slow], [harm]), ONCE_AT_LEAST).violations.join()).toMatch(/again after 4\.0 s/);
    const gone: JobHistory = { ...slow, runs: [] };
    const died: Harm = { kind: 'server', atMs: 20, untilMs: 30, held: 0 };
    const memory: Promised = { ...ONCE_AT_LEAST, durability: 'memory' };
    expect(judged(history([gone], [died]), memory).violations).toEqual([]);
    expect(judged(history([gone], [died]), ONCE_AT_LEAST).violations).toHaveLength(1);
  });
});

describe('a fault', () => {
  const harm: Harm = { kind: 'kill', process: 'worker-0', atMs: 100, untilMs: 103, held: 3 };
  const of = (runs: Run[], harms: Harm[] = [harm]) =>
    ifStruck(counted(history([{ ...unseen(0, 0), runs, told: [] }], harms), ONCE_AT_LEAST));
  it('that met no job has shown nothing, and says how many it met', () => {
    const done = run('worker-1', 150);
    const met = of([run('worker-0', 95, 'never'), done]);
    expect(met).toMatchObject({ violations: [], figures: { struck: 1 } });
    expect([met.notTested, met.facts?.[0]]).toEqual([undefined, expect.stringMatching(/^1 kill that struck 1 job: /)]);
    const notTested = 'no job was in hand when the fault came';
    expect(of([run('worker-0', 50)])).toMatchObject({ violations: [], notTested, figures: { struck: 0 } });
    expect(of([run('worker-1', 95)])).toMatchObject({ violations: [], notTested });
    expect(of([run('worker-1', 104)], [{ kind: 'cut', atMs: 100, untilMs: 200, held: 0 }])).toMatchObject({
      notTested,
    });
  });
  it('that nobody can be struck by is not asked whom it met', () => {
    const quiet: Harm[] = [
      { ...harm, process: 'producer-0', held: 0 },
      { kind: 'clock', atMs: 0, untilMs: Number.POSITIVE_INFINITY, held: 0 },
    ];
    expect(of([run('worker-0', 50)], quiet).notTested).toBeUndefined();
  });
});

describe('harm to a process', () => {
  it('finds jobs in the hands of a worker, and never in those of a producer', async () => {
    const ask = () => Promise.reject(new Error('nobody is there'));
    const none = {
      kill: async () => undefined,
      revive: ask,
      end: ask,
      ask,
      relay: ask,
      failure: new Promise<never>(() => undefined),
    };
    const processes = { ...none, names: [], pids: new Map<string, number>() };
    const clock = () => 1 as RunMs; // any time will do
    const producers = ['producer-0'];
    const { kill, harms } = harming({ processes, producers, held: 500, timeoutMs: 1, clock, buried: () => undefined });
    await kill('producer-0');
    await kill('worker-0');
    expect(harms.map(({ process, held }) => [process, held])).toEqual([
      ['producer-0', 0],
      ['worker-0', 500],
    ]);
  });
});

describe('acks of a frozen worker', () => {
  const second = (ended: Run['ended']) =>
    [0, 1, 2].map((index) => ({ ...unseen(index, 0), runs: [run('worker-1', 9, ended)] }));
  it('count as seen only when somebody looked while the others still worked', async () => {
    const looked = (views: JobHistory[][], held: number | undefined) =>
      missedWhileHeld(
        () => ({ jobs: views[0] ?? [] }),
        async () => held,
        async () => void views.shift(),
      );
    expect(await looked([second('completed')], 3)).toEqual({ missed: 0, looks: 0 });
    expect(await looked([second('never'), second('completed')], 3)).toEqual({ missed: 0, looks: 1 });
    expect(await looked([second('never'), second('completed')], 1)).toEqual({ missed: 2, looks: 1 });
    // Nobody could have seen an ack that had not come yet.
    const both = second('never').map((job) => ({ ...job, runs: [run('worker-0', 5, 'never'), ...job.runs] }));
    expect(await looked([both, both, both, second('completed')], 3)).toEqual({ missed: 0, looks: 0 });
    expect(await looked([second('never')], undefined)).toEqual({ missed: 0, looks: 'cannot' });
  });
});

describe('random histories', () => {
  it('are the same for the same seed, heal whom they harm, and harm only shared workers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('shared', 'embedded'), (seed, topology) => {
        const traits = { ...stubTraits, topology: topology as 'shared' | 'embedded', retries: true, schedules: true };
        const commands = historyOf(seed, traits);
        expect(historyOf(seed, traits)).toEqual(commands);
        const down = new Set<number>();
        for (const command of commands) {
          if (command.do === 'heal') expect(down.delete(command.worker)).toBe(true);
          else if (command.do === 'stop' || command.do === 'kill' || command.do === 'freeze') {
            if (topology === 'embedded') expect(command.do).toBe('stop');
            expect(down.has(command.worker)).toBe(false);
            down.add(command.worker);
          }
        }
        expect([...down]).toEqual([]);
      }),
    );
  });

  it('freeze some workers past their leases, where those are short, and wait for no more than two of them', () => {
    const traits = { ...stubTraits, topology: 'shared', delivery: 'at-least-once', recoveryMs: 2_000 } as const;
    const waits = (seed: number, more: Partial<typeof stubTraits> = {}) =>
      historyOf(seed, { ...traits, ...more }).filter((one) => one.do === 'pause' && one.ms > 2_000).length;
    const many = Array.from({ length: 300 }, (_, seed) => waits(seed));
    expect(many.filter((n) => n > 0).length).toBeGreaterThan(100);
    expect(Math.max(...many)).toBe(2);
    const long = Array.from({ length: 300 }, (_, seed) => waits(seed, { recoveryMs: 30_000 }));
    expect(Math.max(...long)).toBe(0);
  });
});
