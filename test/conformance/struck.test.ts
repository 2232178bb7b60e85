import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Arena } from '../../src/conformance/arena.js';
import { harming } from '../../src/conformance/harming.js';
import { type Harm, isStruck, type JobHistory, type Run } from '../../src/conformance/history.js';
import { wakingSleepers } from '../../src/conformance/playing.js';
import { killOccupied } from '../../src/conformance/struck.js';
import type { RunMs } from '../../src/core/clock.js';
import { scratchFolder } from '../support/contestants.js';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

function job(runs: readonly Run[], told: JobHistory['told'] = []): JobHistory {
  return { index: 0, acceptedMs: 0, attempts: 3, fails: 0, runs, told };
}
function run(process: string, started: number, finished: number, ended: Run['ended'] = 'completed'): Run {
  return { process, started, finished, ended };
}

describe('a fault strikes', () => {
  const kill: Harm = { kind: 'kill', process: 'worker-0', atMs: 100, untilMs: 103, held: 4 };
  const away: Harm = { kind: 'server', atMs: 100, untilMs: 300, held: 0 };
  const over = run('worker-0', 80, 90);
  const open = run('worker-0', 80, Number.NaN, 'never');
  const again = run('worker-1', 1_100, 1_110);
  const told = (atMs: number, outcome: 'completed' | 'retrying' = 'completed') => [
    { process: 'worker-0', atMs, outcome },
  ];
  it.each<[string, JobHistory, Harm, boolean]>([
    ['what is being executed', job([open]), kill, true],
    ['what had ended, was not told of and is given out again', job([over, again]), kill, true],
    ['nothing that had ended and was told of', job([over, again], told(95)), kill, false],
    ['nothing that had ended and never comes back: it may have been told of', job([over]), kill, false],
    ['nothing that another executed', job([run('worker-1', 80, 90), again]), kill, false],
    ['no attempt that failed and is followed by the next', job([run('worker-0', 80, 90, 'threw'), again]), kill, false],
    ['what had ended, where the server took the ack along', job([over, run('worker-0', 400, 410)]), away, true],
    ['nothing whose ack came through when the server was back', job([over], told(320)), away, false],
  ])('%s', (_, one, harm, struck) => {
    expect(isStruck(one, harm)).toBe(struck);
  });
});

describe('who is to be killed at work', () => {
  /**
   * Each look finds the next of these workers at work, or nobody; each takes a millisecond, and the last one stays.
   * @param begun whether jobs that were given are begun, and so wait no more
   */
  function arenaOf(atWork: readonly (number | undefined)[], begun: 'begun' | 'waiting' = 'begun') {
    const done: string[] = [];
    let [at, nowMs] = [0, 0];
    const look = () => {
      nowMs++;
      const n = atWork[Math.min(at++, atWork.length - 1)];
      const waiting = begun === 'begun' ? [] : done.map(() => job([]));
      return { jobs: n === undefined ? waiting : [job([run(`worker-${n}`, 0, Number.NaN, 'never')])] };
    };
    const parts = {
      clock: () => (nowMs += 5),
      look,
      handsOf: (n: number) => `worker-${n}`,
      enqueue: async () => void done.push('given'),
      async killIf(n: number, worth: () => boolean) {
        const killed = worth();
        done.push(`${killed ? 'killed' : 'spared'} ${n}`);
        return killed;
      },
    };
    // What the function asks of an arena is all there.
    return { arena: parts as unknown as Arena, done };
  }

  it('is spared where the job has ended by then, and another is found', async () => {
    const { arena, done } = arenaOf([2, undefined, undefined, 1, 1]);
    expect(await killOccupied(arena, [0, 1, 2], 0.5)).toBe(1);
    expect(done).toEqual(['spared 2', 'killed 1']);
  });

  it('is given jobs where nobody has any', async () => {
    const idle = Array.from({ length: 30 }, () => undefined);
    const { arena, done } = arenaOf([...idle, 0]);
    expect(await killOccupied(arena, [0, 1], 0.9)).toBe(0);
    expect(done.slice(0, -1)).toEqual(Array.from({ length: done.length - 1 }, () => 'given'));
    expect([done.length > 1, done.at(-1)]).toEqual([true, 'killed 0']);
  });

  it('is given no more as long as nobody has begun what was given', async () => {
    const { arena, done } = arenaOf([undefined], 'waiting');
    await killOccupied(arena, [0, 1], 0);
    expect(done).toEqual([...Array.from({ length: 6 }, () => 'given'), 'killed 0']);
  });

  it('is killed in the end where none ever has a job', async () => {
    const { arena, done } = arenaOf([undefined]);
    expect(await killOccupied(arena, [1, 0], 0.9)).toBe(1);
    expect(done.filter((what) => what !== 'given')).toEqual(['killed 1']);
  });
});

describe('a worker that is looked at before it is killed', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  /** Answers each message, as long as it is awake. */
  async function worker(nowMs: { value: number }) {
    const script = join(scratch.dir, 'awake.mjs');
    writeFileSync(script, "process.on('message', (said) => process.send(said)); process.send('ready');");
    const started = fork(script, { detached: true, execArgv: [] });
    child = started;
    await once(started, 'message');
    const ask = () => Promise.reject(new Error('nobody is asked'));
    const kill = async () => {
      const gone = once(started, 'exit');
      started.kill('SIGKILL');
      await gone;
    };
    const pids = new Map([['worker-0', started.pid ?? 0]]);
    const failure = new Promise<never>(() => undefined);
    const processes = { names: ['worker-0'], pids, failure, kill, ask, revive: ask, relay: () => undefined, end: ask };
    const clock = () => nowMs.value as RunMs; // any time will do
    const harm = harming({ processes, producers: [], held: 4, timeoutMs: 1, clock, buried: () => undefined });
    return { ...harm, started };
  }

  it('goes on where it holds nothing, and nothing was done to it', async () => {
    const { killIf, harms, isDead, started } = await worker({ value: 7 });
    expect(await killIf(0, () => false)).toBe(false);
    const answer = once(started, 'message');
    started.send('awake');
    expect(await answer).toEqual(['awake', undefined]);
    expect([harms, isDead('worker-0')]).toEqual([[], false]);
  });

  it('goes on where looking fails', async () => {
    const { killIf, started } = await worker({ value: 7 });
    await expect(killIf(0, () => JSON.parse(''))).rejects.toThrow(SyntaxError);
    const answer = once(started, 'message');
    started.send('awake');
    await answer;
  });

  it('was frozen where that took so long that a lease may have lapsed', async () => {
    const nowMs = { value: 1_000 };
    const { killIf, harms } = await worker(nowMs);
    await killIf(0, () => {
      nowMs.value = 1_400;
      return false;
    });
    expect(harms).toEqual([{ kind: 'freeze', process: 'worker-0', held: 4, atMs: 1_000, untilMs: 1_400 }]);
  });

  it('is dead where it holds a job, from the moment on in which it was stopped', async () => {
    const nowMs = { value: 1_000 };
    const { killIf, harms, isDead, started } = await worker(nowMs);
    const killed = await killIf(0, () => {
      nowMs.value = 1_400;
      return true;
    });
    expect([killed, isDead('worker-0'), started.signalCode]).toEqual([true, true, 'SIGKILL']);
    expect(harms).toEqual([{ kind: 'kill', process: 'worker-0', held: 4, atMs: 1_000, untilMs: 1_400 }]);
  });
});

describe('who is frozen amid a transaction holds the lock of the store', () => {
  const down = new Map([
    [0, 'freeze'],
    [1, 'kill'],
    [2, 'freeze'],
  ] as const);

  it('and is woken up where another waits for it too long', async () => {
    const woken: number[] = [];
    let free: () => void = () => undefined;
    const stopping = new Promise<void>((resolve) => {
      free = resolve;
    });
    const thaw = (n: number) => {
      if (woken.push(n) === 2) free();
    };
    await wakingSleepers({ thaw }, down, stopping, 5);
    expect(woken).toEqual([0, 2]);
  });

  it('and sleeps on where it does not', async () => {
    const thaw = () => expect.fail('nobody waits for it');
    await wakingSleepers({ thaw }, down, Promise.resolve());
    await expect(wakingSleepers({ thaw }, down, Promise.reject(new Error('died')))).rejects.toThrow('died');
  });
});
