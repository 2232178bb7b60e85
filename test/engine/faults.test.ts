import { afterAll, describe, expect, it } from 'vitest';
import type { Fault, Layout } from '../../src/core/layout.js';
import { violations } from '../../src/engine/ledger.js';
import { contestant, missing, scratchFolder, traitsOf } from '../support/contestants.js';
import { runTrial } from '../support/dist.js';
import { plain, trialRequest } from '../support/trial.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const never = () => new AbortController().signal;
const sqlite = await contestant('sqlite', { lease: '1s' });
const absent = await missing(sqlite);

function struckBy(fault: Omit<Fault, 'role' | 'ordinal' | 'atMs'>, jobs = 400, ordinals = [0]): Layout {
  const open = { kind: 'open', arrivals: 'constant', ratePerS: jobs / 2, durationMs: 2000 } as const;
  const faults = ordinals.map((ordinal) => ({ ...fault, role: 'worker' as const, ordinal, atMs: 700 }));
  const work = { kind: 'io', ms: 5 } as const;
  return {
    ...plain,
    work,
    workers: 2,
    phases: [{ name: 'open', workers: 'on', jobs: open, faults, until: 'settled' }],
  };
}

describe.skipIf(absent !== undefined)('a fault in the middle of a phase', () => {
  it('kill: what the worker had in its hands is started again by another, and nothing else is touched', async () => {
    const { failure, timeline, ledger } = await runTrial(
      trialRequest(sqlite, scratch.dir, struckBy({ kind: 'kill', forMs: 300 })),
      never(),
    );
    expect(failure).toBeUndefined();
    expect(timeline.strikes).toMatchObject([{ kind: 'kill', process: 'worker-0', phase: 'open' }]);
    const [{ atMs, backMs } = { atMs: 0, backMs: 0 }] = timeline.strikes;
    expect(backMs - atMs).toBeGreaterThan(300);
    expect(ledger).toMatchObject({ planned: 400, completed: 400, lost: 0, kills: 1 });
    expect(violations(ledger, traitsOf(sqlite))).toEqual([]);
    // Five that it executes, and those that have ended and were not told of yet: a turn of its event loop or two.
    const struck = timeline.struck.reduce((sum, one) => sum + one, 0);
    expect(struck).toBeLessThan(40);
    expect(ledger.duplicated).toBe(ledger.repeatedInFlight);
  });

  it('kill of two at once: each is waited for until it is ready again', async () => {
    const { failure, timeline, ledger } = await runTrial(
      trialRequest(sqlite, scratch.dir, struckBy({ kind: 'kill', forMs: 300 }, 400, [0, 1])),
      never(),
    );
    expect(failure).toBeUndefined();
    expect(timeline.strikes.map(({ process }) => process).sort()).toEqual(['worker-0', 'worker-1']);
    expect(ledger).toMatchObject({ planned: 400, completed: 400, lost: 0, kills: 2 });
    expect(violations(ledger, traitsOf(sqlite))).toEqual([]);
  });

  it('freeze: a worker that sleeps past its leases loses them to the other', async () => {
    const { failure, timeline, ledger } = await runTrial(
      trialRequest(sqlite, scratch.dir, struckBy({ kind: 'freeze', forMs: 2500 })),
      never(),
    );
    expect(failure).toBeUndefined();
    expect(timeline.strikes[0]).toMatchObject({ kind: 'freeze' });
    expect(ledger).toMatchObject({ completed: 400, lost: 0, kills: 0 });
    expect(violations(ledger, traitsOf(sqlite))).toEqual([]);
  });

  it('stop: a worker that is asked to stop finishes what runs, and nothing is repeated', async () => {
    const { failure, ledger } = await runTrial(
      trialRequest(sqlite, scratch.dir, struckBy({ kind: 'stop', forMs: 100 })),
      never(),
    );
    expect(failure).toBeUndefined();
    expect(ledger).toMatchObject({ completed: 400, lost: 0, duplicated: 0, kills: 0 });
  });
});
