import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter } from '../../src/core/adapter.js';
import { phaseOf } from '../../src/core/timeline.js';
import type { Contestant } from '../../src/engine/request.js';
import { contestant, missing, scratchFolder } from '../support/contestants.js';
import { runTrial } from '../support/dist.js';
import { countPhase, openPhase, plain, spans, trialRequest } from '../support/trial.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const never = () => new AbortController().signal;
const sound = await contestant('sound');
const threads = await contestant('threads');
const sqlite = await contestant('sqlite');
const withoutSqlite = await missing(sqlite);

/** The same backend, but for some of what the coordinator asks of it. */
function variant(rest: Partial<Adapter>): Contestant {
  return { ...sound, adapter: { ...sound.adapter, ...rest } };
}

describe('a trial', () => {
  it('runs its phases one after another, with every job of each accounted for', async () => {
    const layout = { ...plain, phases: [countPhase(200, 'first'), countPhase(300, 'second')] };
    const { failure, timeline, ledger, clockStepMs } = await runTrial(
      trialRequest(sound, scratch.dir, layout),
      never(),
    );
    expect(failure).toBeUndefined();
    expect(ledger).toMatchObject({ planned: 500, accepted: 500, completed: 500, lost: 0, unexpected: 0 });
    expect(['first', 'second'].map((name) => phaseOf(timeline, name).indices.length)).toEqual([200, 300]);
    const [first, second] = timeline.phases;
    expect(first?.endMs).toBeLessThanOrEqual(second?.startMs ?? 0);
    expect(Math.abs(clockStepMs)).toBeLessThan(5);
    expect(timeline.usage.map(({ process, phase }) => [process, phase])).toEqual(
      expect.arrayContaining([
        ['queue', 'first'],
        ['queue', 'second'],
      ]),
    );
  });

  it('stamps each job in the order of its life, and calls none before it is due', async () => {
    const open = openPhase({ arrivals: 'poisson', ratePerS: 300, durationMs: 400 });
    const { timeline } = await runTrial(trialRequest(sound, scratch.dir, { ...plain, phases: [open] }), never());
    expect(timeline.size).toBeGreaterThan(50);
    for (const [from, to] of [
      ['due', 'called'],
      ['called', 'accepted'],
      ['called', 'started'],
      ['started', 'finished'],
    ] as const) {
      expect(Math.min(...spans(timeline, 'open', from, to))).toBeGreaterThanOrEqual(0);
    }
    const { window, indices } = phaseOf(timeline, 'open');
    for (const i of indices) expect(timeline.called[i]).toBeGreaterThanOrEqual(window.startMs);
  });

  it.skipIf(withoutSqlite !== undefined)('spreads a shared backend over processes that have one clock', async () => {
    const layout = { ...plain, producers: 2, workers: 2, phases: [countPhase(400)] };
    let pids: ReadonlyMap<string, number> = new Map();
    const outcome = await runTrial(trialRequest(sqlite, scratch.dir, layout), never(), {
      started: (map) => (pids = map),
    });
    expect([...pids.keys()]).toEqual(['producer-0', 'producer-1', 'worker-0', 'worker-1']);
    expect(new Set(pids.values()).size).toBe(4);
    expect(outcome.ledger).toMatchObject({ planned: 400, completed: 400, lost: 0, duplicated: 0 });
    expect(outcome.skewBoundUs).toBeLessThan(20_000);
    // A stamp of another clock would be seconds away.
    const waits = spans(outcome.timeline, 'jobs', 'called', 'started');
    expect(Math.min(...waits)).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThan(20_000);
    expect(outcome.effective).toHaveProperty('journal_mode', 'wal');
  });

  it('a backend that is gone half-way fails the trial as such: it broke no promise, and has no number', async () => {
    const layout = { ...plain, phases: [countPhase(300)] };
    const { failure, ledger } = await runTrial(
      trialRequest(await contestant('vanishes'), scratch.dir, layout),
      never(),
    );
    expect(failure).toMatchObject({
      code: 'ENVIRONMENT',
      message: expect.stringMatching(/lost while it was measured/),
    });
    expect(ledger).toMatchObject({ accepted: 100, completed: 100, lost: 0 });
  });

  it('begins its first phase when the pool stands', async () => {
    const layout = { ...plain, concurrency: 12, work: { kind: 'io', ms: 100 } as const, phases: [countPhase(12)] };
    const { failure, timeline } = await runTrial(trialRequest(threads, scratch.dir, layout), never());
    expect(failure).toBeUndefined();
    // Twelve threads take longer to start than a job takes, so that otherwise the first job is over before the last thread is there.
    expect(Math.max(...timeline.started)).toBeLessThan(Math.min(...timeline.finished));
  });

  it('leaves no folder and no process behind', async () => {
    let pids: number[] = [];
    const layout = { ...plain, phases: [countPhase(10)] };
    await runTrial(trialRequest(sound, scratch.dir, layout), never(), { started: (map) => (pids = [...map.values()]) });
    expect(pids).toHaveLength(1);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(scratch.dir)).toEqual([]);
  });
});

describe('a trial that fails', () => {
  const layout = { ...plain, phases: [countPhase(50)] };
  const failureOf = async (chosen: Contestant, rest = {}) => {
    const outcome = await runTrial(trialRequest(chosen, scratch.dir, layout, rest), never());
    expect(readdirSync(scratch.dir)).toEqual([]);
    return outcome.failure;
  };

  it('because no queue can be created says so, and does not end the run', async () => {
    const broken = variant({ create: () => Promise.reject(new Error('no room on disk')) });
    expect(await failureOf(broken)).toMatchObject({ message: expect.stringContaining('no room on disk') });
  });

  it('because nobody can connect says what the process said', async () => {
    const nowhere = { ...sound.ref, module: new URL('./nowhere.mjs', import.meta.url).href };
    expect(await failureOf({ ...sound, ref: nowhere })).toMatchObject({
      code: 'CHILD',
      message: expect.stringMatching(/^queue: .*nowhere\.mjs/),
    });
  });

  it('because a process dies names it, and destroys the queue all the same', async () => {
    let destroyed = 0;
    const counted = variant({
      destroy: async () => {
        destroyed++;
      },
    });
    const poison = { ...plain, work: { kind: 'exit' } as const, phases: [countPhase(50)] };
    const outcome = await runTrial(trialRequest(counted, scratch.dir, poison), never());
    expect(outcome.failure).toMatchObject({
      code: 'CHILD',
      message: expect.stringContaining('queue exited with code 7'),
    });
    expect(outcome.ledger.completed).toBe(0);
    expect(destroyed).toBe(1);
  });

  it('because its pool does not come to stand in time says how far it came', async () => {
    const many = { ...plain, concurrency: 32, phases: [countPhase(10)] };
    const { failure } = await runTrial(trialRequest(threads, scratch.dir, many, { timeoutMs: 50 }), never());
    expect(failure).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/only \d+ of 32 threads were there/),
    });
  });

  it('because jobs never end reaches its deadline, with counts', async () => {
    const short = { arrivals: 'constant', ratePerS: 100, durationMs: 200 } as const;
    const hanging = { ...plain, work: { kind: 'hang' } as const, phases: [openPhase(short)] };
    const { failure, ledger } = await runTrial(
      trialRequest(sound, scratch.dir, hanging, { timeoutMs: 1_000 }),
      never(),
    );
    expect(failure).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('20 of 20 jobs') });
    expect(ledger).toMatchObject({ accepted: 20, completed: 0 });
  });

  it('because jobs never end says what was refused, which may be why', async () => {
    const short = { arrivals: 'constant', ratePerS: 100, durationMs: 200 } as const;
    const hanging = { ...plain, work: { kind: 'hang' } as const, phases: [openPhase(short)] };
    const full = await contestant('fills', { every: 5 });
    const { failure } = await runTrial(trialRequest(full, scratch.dir, hanging, { timeoutMs: 1_000 }), never());
    expect(failure).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/^5 of 5 jobs had not settled .*; first refusal: the disk is full$/),
    });
  });

  it('because somebody asked to stop ends its processes', async () => {
    const stop = new AbortController();
    let pids: number[] = [];
    const long = { ...plain, phases: [openPhase({ arrivals: 'constant', ratePerS: 100, durationMs: 60_000 })] };
    const { failure } = await runTrial(trialRequest(sound, scratch.dir, long), stop.signal, {
      started: (map) => (pids = [...map.values()]),
      phase: () => stop.abort(),
    });
    expect(failure).toMatchObject({ code: 'ABORTED' });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(scratch.dir)).toEqual([]);
  });
});

describe('keep', () => {
  const kept = scratchFolder();
  afterAll(() => kept.remove());
  let name = '';
  beforeAll(async () => {
    const request = trialRequest(sound, kept.dir, { ...plain, phases: [countPhase(10)] }, { keep: true });
    name = request.name;
    await runTrial(request, never());
  });

  it('leaves the plans, by which any role can be started again, and the event logs', () => {
    expect(existsSync(`${kept.dir}/${name}/queue.plan.json`)).toBe(true);
    expect(readdirSync(`${kept.dir}/${name}/log`).sort()).toEqual([
      'queue.main.executed.log',
      'queue.produced.log',
      'queue.settled.log',
    ]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}
