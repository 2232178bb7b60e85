import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Session } from '../../../src/core/adapter.js';
import type { RunMs } from '../../../src/core/clock.js';
import type { ProcessPlan } from '../../../src/core/plan.js';
import { settledCount } from '../../../src/engine/roles/backlog.js';
import { openProducer } from '../../../src/engine/roles/producer.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-producer-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const JOBS = 300_000;

let ticking: 'yes' | 'no' = 'no';
afterEach(() => {
  ticking = 'no';
});

/** A producer whose clock goes on by `stepMs` with each turn of the event loop, so that time does not depend on the machine. */
function producerOf(enqueue: Session['enqueue'], stepMs: number, others: Partial<ProcessPlan> = {}) {
  let now = 0;
  const tick = () => {
    now += stepMs;
    if (ticking === 'yes') setImmediate(tick);
  };
  ticking = 'yes';
  tick();
  const clock = () => now as RunMs;
  const jobs = { work: { kind: 'noop' as const }, payloadBytes: 0, attempts: 1, queue: 'default' };
  const plan = {
    name: 'queue',
    adapter: { name: 'stub', module: 'data:,', options: {} },
    address: {},
    epoch: { ns: '0', wallMs: 0 },
    seed: 1,
    logDir: dir,
    appDb: '',
    spinsPerMs: 1,
    producer: { ordinal: 0, producers: 1, jobs },
    threads: [],
    ...others,
  };
  const session: Session = { enqueue, run: async () => undefined, close: async () => undefined };
  return openProducer(plan, session, clock, settledCount());
}

const open = (jobs: number, durationMs = 1) => ({
  name: 'open',
  jobs: { kind: 'open', arrivals: 'constant', ratePerS: (1000 * jobs) / durationMs, durationMs } as const,
  startMs: 0 as RunMs,
});

it('an open loop keeps nothing of a call that was answered, however many there are', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heaps: number[] = [];
  let calls = 0;
  const producer = producerOf(async () => {
    // Not the first: what is compiled and made once comes before it.
    if (++calls !== 1000 && calls !== JOBS) return;
    collect();
    heaps.push(process.memoryUsage().heapUsed);
  }, 0.05);
  const report = await producer.produce(open(JOBS, 1000));
  expect(report).toMatchObject({ planned: JOBS, accepted: JOBS, errors: [] });
  const [from = 0, to = 0] = heaps;
  // A promise alone is some dozens of bytes, and a million of them kept the collector from letting anything else run.
  expect((to - from) / JOBS).toBeLessThan(8);
});

it('and ends when the last answer has come, in whatever order', async () => {
  const answers: (() => void)[] = [];
  const producer = producerOf(() => new Promise<void>((resolve) => answers.push(resolve)), 0.1);
  let over: 'no' | 'yes' = 'no';
  const report = producer.produce(open(20)).then((ended) => {
    over = 'yes';
    return ended;
  });
  while (answers.length < 20) await new Promise((resolve) => setImmediate(resolve));
  for (const answer of answers.splice(1).reverse()) answer();
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe('no');
  answers[0]?.();
  expect(await report).toMatchObject({ planned: 20, accepted: 20 });
});

it('also where every call is refused: the first refusals are told, and all are counted', async () => {
  const producer = producerOf(async () => Promise.reject(new Error('full')), 0.1);
  const report = await producer.produce(open(50));
  expect(report).toMatchObject({ planned: 50, accepted: 0 });
  expect(report.errors.map(({ message }) => message)).toEqual(['full', 'full', 'full']);
});

it('blocks between its calls only where nobody else is on its event loop, and no call is without an answer', async () => {
  const blocked = async (others: Partial<ProcessPlan>, answeredAfterMs = 0) => {
    let unanswered = 0;
    const found = { times: 0, unanswered: 0 };
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      found.times++;
      found.unanswered += unanswered;
      return 'timed-out';
    });
    const turns = answeredAfterMs / 0.1;
    const enqueue = async () => {
      unanswered++;
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      unanswered--;
    };
    await producerOf(enqueue, 0.1, others).produce(open(50, 40));
    ticking = 'no';
    wait.mockRestore();
    return found;
  };
  const alone = await blocked({});
  expect(alone.times).toBeGreaterThan(50);
  expect(await blocked({}, 0.5)).toMatchObject({ unanswered: 0 });
  expect((await blocked({}, 0.5)).times).toBeLessThan(alone.times);
  for (const others of [{ worker: { concurrency: 1 } }, { web: { socket: '' } as never }, { threads: [{} as never] }])
    expect(await blocked(others)).toEqual({ times: 0, unanswered: 0 });
});
