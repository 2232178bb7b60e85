import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/core/result.js';
import { ledgerOf, violations } from '../../src/engine/ledger.js';
import { type JobRow, phaseWindow, timelineOf } from '../support/timeline.js';

const never = () => false;
const promised = { delivery: 'at-most-once' } as const;
const phases = [phaseWindow('jobs', 0, 1000)];
const done: JobRow = { phase: 'jobs', due: 10, accepted: 11, started: 12, finished: 13 };

function ledgerFor(jobs: readonly JobRow[], scheduled: (phase: string) => boolean = never, unexpected = 0) {
  return ledgerOf(timelineOf(phases, jobs, { unexpected }), scheduled);
}

describe('what becomes of a job', () => {
  const clean = {
    planned: 1,
    accepted: 1,
    rejected: 0,
    completed: 1,
    lost: 0,
    duplicated: 0,
    early: 0,
    failed: 0,
    resettled: 0,
    unsettled: 0,
  };
  it.each<[string, JobRow, Partial<Ledger>]>([
    ['completed once', done, {}],
    ['accepted and never seen again is lost', { phase: 'jobs', accepted: 11 }, { completed: 0, lost: 1 }],
    [
      'started but never ended is lost',
      { phase: 'jobs', accepted: 11, started: 12, starts: 1 },
      { completed: 0, lost: 1 },
    ],
    ['completed twice is duplicated, and counts once', { ...done, completions: 2 }, { duplicated: 1 }],
    ['started twice with one attempt is repeated, though it completed once', { ...done, starts: 2 }, { duplicated: 1 }],
    ['done and never reported', { ...done, settlements: 0 }, { unsettled: 1 }],
    ['reported twice as done', { ...done, settlements: 2 }, { resettled: 1 }],
    ['reported as failed is not lost', { phase: 'jobs', accepted: 11, failed: true }, { completed: 0, failed: 1 }],
    ['done and reported as failed is contradicted', { ...done, failed: true }, { contradicted: 1 }],
    ['refused is neither accepted nor lost', { phase: 'jobs', called: 10 }, { accepted: 0, rejected: 1, completed: 0 }],
    ['refused and done all the same is completed', { ...done, accepted: Number.NaN }, { accepted: 0, rejected: 1 }],
  ])('%s', (_, job, expected) => {
    expect(ledgerFor([job])).toEqual({ ...clean, unexpected: 0, ...expected });
  });

  it('is not known where double reports may have ended the trial early', () => {
    const said = violations(
      ledgerFor([
        { ...done, settlements: 2 },
        { phase: 'jobs', accepted: 11 },
      ]),
      promised,
    );
    expect(said).toEqual([
      'reported the outcome of 1 of 2 jobs more than once',
      'what became of 1 of 2 jobs is not known: told so often, the trial may have ended too early',
    ]);
  });

  it('is denied where the backend believes of all that they failed', () => {
    const denied = { ...done, failed: true };
    expect(violations(ledgerFor([denied]), promised)).toEqual(['reported all jobs that completed as failed (1 of 1)']);
    expect(violations(ledgerFor([denied, done]), promised)).toEqual([]);
  });

  it('told with a word that is no outcome is said, with the words that there are', () => {
    const timeline = timelineOf(phases, [{ ...done, settlements: 0 }], { misnamed: 1 });
    expect(violations(ledgerOf(timeline, never), promised)).toContain(
      'reported 1 outcome with another word than completed, failed or retrying',
    );
  });

  it('retried and completed is no duplicate', () => {
    expect(ledgerOf(timelineOf(phases, [{ ...done, starts: 3 }]), never, 3)).toMatchObject({ duplicated: 0 });
  });

  it('an index that nobody produced is not planned', () => {
    expect(ledgerFor([done, {}])).toMatchObject({ planned: 1, lost: 0 });
  });
});

describe('early', () => {
  it.each([
    ['0.06 ms before its time', 99.94, 1],
    ['0.04 ms before, which the pair of clocks cannot tell', 99.96, 0],
    ['on time', 100, 0],
    ['late', 250, 0],
  ])('%s', (_, started, early) => {
    const job = { phase: 'jobs', due: 100, accepted: 1, started, finished: started + 1 };
    expect(ledgerFor([job], (phase) => phase === 'jobs').early).toBe(early);
  });

  it('is only asked of jobs that were scheduled ahead', () => {
    expect(ledgerFor([{ ...done, due: 100 }], never).early).toBe(0);
  });

  it('a job that never started is not early', () => {
    expect(ledgerFor([{ phase: 'jobs', due: 100, accepted: 1 }], () => true)).toMatchObject({ early: 0, lost: 1 });
  });
});

describe('violations', () => {
  it('are none where all is well, failed jobs included', () => {
    expect(violations(ledgerFor([done, { phase: 'jobs', accepted: 1, failed: true }]), promised)).toEqual([]);
  });

  it('are a sentence each, with counts', () => {
    const jobs: JobRow[] = [
      ...Array.from({ length: 1200 }, () => done),
      { phase: 'jobs', accepted: 1 },
      { ...done, completions: 2 },
      { phase: 'jobs', called: 1 },
      { ...done, due: 100 },
    ];
    expect(
      violations(
        ledgerFor(jobs, () => true, 2),
        promised,
      ),
    ).toEqual([
      'lost 1 of 1,203 accepted jobs',
      'repeated 1 of 1,203 jobs, without a fault',
      'executed 2 jobs that nobody enqueued',
      'started 1 of 1,203 jobs before the time they were scheduled for',
      'refused 1 of 1,204 enqueues',
    ]);
  });
});

describe('the blast radius of a fault', () => {
  const kill = { kind: 'kill', process: 'worker-0', phase: 'jobs', atMs: 50, backMs: 90 } as const;
  const lost = { phase: 'jobs', accepted: 1 };
  const withKill = (rows: readonly JobRow[]) => ledgerOf(timelineOf(phases, rows, { strikes: [kill] }), never);

  it('what was in the hands of the killed process may be lost at most once, and repeated at least once', () => {
    const ledger = withKill([done, { ...lost, struck: true }, { ...done, completions: 2, struck: true }]);
    expect(ledger).toMatchObject({ kills: 1, lost: 1, lostInFlight: 1, duplicated: 1, repeatedInFlight: 1 });
    expect(violations(ledger, { delivery: 'at-most-once' })).toEqual([
      'repeated 1 of 3 jobs, that no fault had touched',
    ]);
    expect(violations(ledger, { delivery: 'at-least-once' })).toEqual([
      'lost 1 of 3 accepted jobs, that no fault had touched',
    ]);
  });

  it('anything else may not', () => {
    const ledger = withKill([done, lost, { ...done, completions: 2 }]);
    for (const delivery of ['at-most-once', 'at-least-once'] as const)
      expect(violations(ledger, { delivery })).toEqual([
        'lost 1 of 3 accepted jobs, that no fault had touched',
        'repeated 1 of 3 jobs, that no fault had touched',
      ]);
  });

  it('a worker that claims ahead may lose so many more with each kill', () => {
    const ledger = withKill([done, lost, lost, lost]);
    expect(violations(ledger, { delivery: 'at-most-once', claimsAhead: 2 })).toEqual([
      'lost 1 of 4 accepted jobs, that no fault had touched',
    ]);
  });
});
