import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
// A thread's entry must be real JavaScript, so the compiled adapter is tested.
import adapter from '../../dist/adapters/threads.js';
import { takeEpoch, type WallMs } from '../../src/core/clock.js';
import type { HostSpec } from '../../src/core/host.js';
import type { Job, Outcome, Work } from '../../src/core/job.js';
import { LOGS, listLogs } from '../../src/work/logs.js';
import { parseCarried } from '../../src/work/payloadlog.js';
import { type Execution, executionsIn, mostAtOnce } from '../support/logs.js';

const noop: Work = { kind: 'noop' };
const deadline = { timeout: 20_000, interval: 2 };
vi.setConfig({ testTimeout: 30_000 });

let dir: string;
let bench: Bench;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-threads-'));
});
afterEach(async () => {
  await bench?.session.close();
  rmSync(dir, { recursive: true });
});

describe('executing', () => {
  test('2,000 jobs, each exactly once, reported once', async () => {
    bench = await open();
    bench.run(3);
    await bench.enqueue(...many(2000, noop));
    await bench.settled(2000);
    const rows = await bench.finish();
    expect(new Set(rows.map((row) => row.index)).size).toBe(2000);
    expect(rows).toHaveLength(2000);
    expect(new Set(bench.outcomes.values())).toEqual(new Set(['completed']));
    expect(bench.reports).toBe(2000);
  });

  test('what was enqueued before run, in bulk and while jobs run', async () => {
    bench = await open();
    await bench.session.enqueueMany?.(jobs(many(700, noop)));
    expect(await bench.session.depth?.()).toBe(700);
    bench.run(2);
    await bench.settled(1);
    await bench.session.enqueueMany?.(jobs(many(700, noop), 700));
    await bench.settled(1400);
    expect(await bench.finish()).toHaveLength(1400);
  });

  test('each job of a message arrives with its own queue, payload and work', async () => {
    bench = await open();
    const given = ['a', 'a', 'b', 'b', 'a'].map((queue, index) => ({ ...job(index, noop), queue }));
    await bench.session.enqueueMany?.([...given, { ...job(5, { kind: 'fail', times: 1 }), queue: 'a' }, job(6, noop)]);
    void bench.start(1, { ...bench.host, payloads: 'digest' });
    await bench.settled(7);
    const seen = parseCarried(readFileSync(listLogs(dir, LOGS.payloads)[0] ?? '', 'utf8'));
    expect(seen.map(({ queue }) => queue).join('')).toBe('aabbaaq');
    expect(new Set(seen.map(({ digest }) => digest)).size).toBe(7);
    expect([...bench.outcomes.values()].filter((outcome) => outcome === 'failed')).toHaveLength(1);
  });

  test('a job that throws is reported failed, the others are not', async () => {
    bench = await open();
    bench.run(1);
    await bench.enqueue(noop, { kind: 'fail', times: 1 }, noop);
    await bench.settled(3);
    expect([...bench.outcomes.values()]).toEqual(['completed', 'failed', 'completed']);
    expect((await bench.finish()).map((row) => row.flag)).toEqual([1, 2, 1]);
  });

  test.each([
    { options: {}, concurrency: 4, threads: 4 },
    { options: { threads: 2 }, concurrency: 8, threads: 2 },
    { options: { threads: 8 }, concurrency: 3, threads: 3 },
  ])('never more at once than $threads with $options and concurrency $concurrency', async (given) => {
    bench = await open(given.options);
    bench.run(given.concurrency);
    // One thread may do them all before the others are there.
    await bench.session.ready?.(10_000);
    // Short jobs first, so that jobs are being sent ahead when the long ones come.
    await bench.enqueue(...many(300, noop), ...many(30, { kind: 'io', ms: 5 }), ...many(300, noop));
    await bench.settled(630);
    expect(await bench.session.effective?.()).toMatchObject({ threads: given.threads });
    const most = mostAtOnce(await bench.finish());
    expect(most).toBeLessThanOrEqual(given.threads);
    expect(most).toBeGreaterThan(1);
  });

  test('jobs sent ahead do not wait behind a slow one', async () => {
    bench = await open();
    bench.run(2);
    await bench.enqueue(...many(1000, noop), { kind: 'io', ms: 1500 }, ...many(1000, noop));
    await bench.settled(2001);
    expect([...bench.outcomes.keys()].at(-1)).toBe(1000);
    expect(await bench.finish()).toHaveLength(2001);
  });
});

describe('due times', () => {
  test('never early: in the past, now, in 1, 5 and 50 ms', async () => {
    bench = await open();
    bench.run(2);
    const at = [50, 5, -60_000, 1, 0, 5].map((ms) => (Date.now() + ms) as WallMs);
    for (const [index, due] of at.entries()) await bench.session.enqueueAt?.(job(index, noop), due);
    await bench.settled(6);
    for (const row of await bench.finish()) {
      // The pair of clocks is exact within some microseconds.
      expect(bench.host.epoch.wallMs + row.started).toBeGreaterThan((at[row.index] ?? Number.NaN) - 0.2);
    }
  });

  test('more than 2^31 ms ahead neither starts at once nor holds up a short one', async () => {
    bench = await open();
    bench.run(1);
    await bench.session.enqueueAt?.(job(0, noop), (Date.now() + 2 ** 31 + 1000) as WallMs);
    await bench.session.enqueueAt?.(job(1, noop), (Date.now() + 5) as WallMs);
    await bench.settled(1);
    expect(await bench.session.depth?.()).toBe(1);
    expect((await bench.finish()).map((row) => row.index)).toEqual([1]);
  });
});

describe('a pool that takes a while to start', () => {
  const slow: Work = { kind: 'io', ms: 40 };

  test('is ready when every thread is there: as many jobs as threads then run at once', async () => {
    bench = await open();
    bench.run(12);
    await bench.session.ready?.(20_000);
    await bench.enqueue(...many(12, slow));
    await bench.settled(12);
    // Twelve threads take longer to start than such a job takes, so that a smaller pool would have run some one after another.
    expect(mostAtOnce(await bench.finish())).toBe(12);
  });

  test('takes jobs before it is whole', async () => {
    bench = await open();
    bench.run(12);
    await bench.enqueue(noop);
    const first = bench.settled(1).then(() => 'settled');
    expect(await Promise.race([first, bench.session.ready?.(20_000).then(() => 'ready')])).toBe('settled');
  });

  test('says how far it came when the time is over, and goes on', async () => {
    bench = await open();
    bench.run(12);
    await expect(bench.session.ready?.(1)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/^only \d of 12 threads were there after 0\.001 s; ask for fewer/),
    });
    await bench.session.ready?.(20_000);
  });

  test('keeps nobody waiting that was told to stop, or whose threads cannot start', async () => {
    bench = await open();
    const run = bench.run(12);
    const stopped = bench.session.ready?.(20_000);
    bench.abort();
    await Promise.all([run, stopped]);
    const broken = bench.start(1, { ...bench.host, epoch: { ns: 'none', wallMs: 0 } });
    const never = bench.session.ready?.(20_000);
    await expect(broken).rejects.toMatchObject({ code: 'CHILD' });
    await never;
  });
});

describe('dying threads', () => {
  test.each([1, 2])('with %i threads, jobs that end their thread are lost alone', async (concurrency) => {
    bench = await open();
    bench.run(concurrency);
    const poison = [150, 151, 152, 300];
    await bench.enqueue(...many(400, noop).map((work, i): Work => (poison.includes(i) ? { kind: 'exit' } : work)));
    await bench.settled(400);
    await vi.waitFor(async () => expect(await bench.session.effective?.()).toMatchObject({ threads: concurrency }));
    const rows = await bench.finish();
    expect(rows).toHaveLength(400);
    expect(new Set(rows.map((row) => row.index)).size).toBe(400);
    const bad = [...bench.outcomes].filter(([, outcome]) => outcome === 'failed').map(([index]) => index);
    expect(bad.sort((a, b) => a - b)).toEqual(poison);
    expect(rows.filter((row) => row.flag !== 1).map((row) => row.index)).toEqual(poison);
  });

  test('a job that needs more memory than the heap ends its thread, and the others go on', async () => {
    bench = await open({ heap: '32MB' });
    bench.run(1);
    await bench.enqueue({ kind: 'alloc', bytes: 2 ** 30 }, ...many(100, noop));
    await bench.settled(101);
    expect(bench.outcomes.get(0)).toBe('failed');
    expect((await bench.finish()).filter((row) => row.flag === 1)).toHaveLength(100);
  });

  test('a thread that cannot start ends the run with the reason', async () => {
    bench = await open();
    const host = { ...bench.host, epoch: { ns: 'none', wallMs: 0 } };
    await expect(bench.start(1, host)).rejects.toMatchObject({ code: 'CHILD', message: /could not start.*BigInt/ });
  });
});

describe('stopping', () => {
  test('an abort finishes what runs, takes nothing new, and a later run takes the rest', async () => {
    bench = await open();
    const first = bench.run(2);
    await bench.enqueue(...many(50, noop), ...many(50, { kind: 'io', ms: 10 }));
    await bench.settled(60);
    bench.abort();
    await first;
    const done = bench.reports;
    expect(done).toBeLessThan(100);
    expect(await bench.session.depth?.()).toBe(100 - done);
    await bench.session.enqueue(job(100, noop));
    expect(bench.reports).toBe(done);
    bench.run(2);
    await bench.settled(101);
    const rows = await bench.finish();
    expect(rows.map((row) => row.index).sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, i) => i));
  });

  test('an abort takes back what was sent ahead', async () => {
    bench = await open();
    const first = bench.run(1);
    await bench.enqueue(...many(500, noop));
    await bench.settled(500);
    await bench.enqueue({ kind: 'io', ms: 100 }, ...many(20, noop));
    // One turn of the event loop later they are all with the thread, which cannot be through with the first.
    await new Promise((resolve) => setImmediate(resolve));
    bench.abort();
    await first;
    expect(bench.reports).toBeLessThanOrEqual(501);
    expect(await bench.session.depth?.()).toBe(521 - bench.reports);
    bench.run(1);
    await bench.settled(521);
    expect(await bench.finish()).toHaveLength(521);
  });

  test('closing under a job that never ends still writes the log, and ends the run', async () => {
    bench = await open();
    const run = bench.run(1);
    await bench.enqueue(noop, { kind: 'hang' }, noop);
    await bench.settled(1);
    await bench.session.close();
    await run;
    expect(bench.outcomes.get(1) ?? 'not started').toMatch(/failed|not started/);
    expect(bench.rows().filter((row) => row.flag === 1)).toHaveLength(1);
  });

  test('closing twice is harmless; afterwards nothing is accepted', async () => {
    bench = await open();
    await bench.session.close();
    await bench.session.close();
    await expect(bench.session.enqueue(job(0, noop))).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('after close nothing keeps the process alive', async () => {
    const module = JSON.stringify(new URL('../../dist/adapters/threads.js', import.meta.url).href);
    bench = await open();
    const script = join(dir, 'script.mjs');
    const source = `
      const { default: adapter } = await import(${module});
      const session = await adapter.connect({}, adapter.options.parse({}));
      const stop = new AbortController();
      const host = ${JSON.stringify(bench.host)};
      await session.enqueueAt({ index: 1, queue: 'q', work: { kind: 'noop' }, payload: '' }, Date.now() + 1e7);
      await session.enqueue({ index: 0, queue: 'q', work: { kind: 'noop' }, payload: '' });
      await session.run({ concurrency: 2, signal: stop.signal, host, settled: () => stop.abort() });
      await session.close();
      console.log('closed');`;
    writeFileSync(script, source);
    const child = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
    expect(child.stdout).toBe('closed\n');
  });
});

test('refuses a payload that is too large in all three ways of enqueueing, and queues nothing', async () => {
  bench = await open({ maxPayload: 10 });
  const refused = { ...job(0, noop), payload: 'x'.repeat(11) };
  const error = { code: 'UNSUPPORTED' };
  await expect(bench.session.enqueue(refused)).rejects.toMatchObject(error);
  await expect(bench.session.enqueueAt?.(refused, Date.now() as WallMs)).rejects.toMatchObject(error);
  await expect(bench.session.enqueueMany?.([job(1, noop), refused])).rejects.toMatchObject(error);
  expect(await bench.session.depth?.()).toBe(0);
});

describe('messages to threads, which cost many times what a small job does', () => {
  const SENT = 256;
  const posted = () => vi.spyOn(Worker.prototype, 'postMessage');

  /** Of a few rounds the fewest: a thread that the machine stopped in the middle of a job makes that job look long. */
  async function fewest(ahead: string): Promise<number> {
    bench = await open({ ahead });
    void bench.run(2);
    await bench.session.ready?.(20_000);
    const messages = posted();
    const rounds: number[] = [];
    for (let round = 1; round <= 6; round++) {
      messages.mockClear();
      await bench.enqueue(...many(SENT, noop));
      await bench.settled(round * SENT);
      rounds.push(messages.mock.calls.length);
    }
    messages.mockRestore();
    return Math.min(...rounds);
  }

  test('small jobs share them', async () => {
    expect(await fewest('1ms')).toBeLessThan(SENT / 8);
  });

  test('ahead=0: one for each job', async () => {
    expect(await fewest('0')).toBe(SENT);
  });

  test('a job that finds nothing under way goes out before its call returns, in one of its own', async () => {
    bench = await open();
    void bench.run(2);
    await bench.session.ready?.(20_000);
    const messages = posted();
    for (let sent = 1; sent <= 5; sent++) {
      const accepted = bench.enqueue(noop);
      expect(messages).toHaveBeenCalledTimes(sent);
      await accepted;
      await bench.settled(sent);
    }
    messages.mockRestore();
  });
});

describe('jobs that ask for more', () => {
  test('a job is tried again where it failed or lost its thread, with the number of the attempt', async () => {
    bench = await open();
    bench.run(2);
    await bench.session.enqueue({ ...job(0, { kind: 'fail', times: 2 }), attempts: 3 });
    await bench.session.enqueue({ ...job(1, { kind: 'exit' }), attempts: 2 });
    await bench.settled(5);
    const rows = await bench.finish();
    rows.sort((a, b) => a.index - b.index || a.started - b.started);
    expect(rows.map(({ index, flag }) => [index, flag])).toEqual([
      [0, 2],
      [0, 2],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    expect([...bench.outcomes]).toEqual(
      expect.arrayContaining([
        [0, 'completed'],
        [1, 'failed'],
      ]),
    );
  });

  test('the most urgent starts first, also of those that had been sent to a thread and come back', async () => {
    bench = await open({ ahead: '1s' });
    const priorities = [3, 1, 2, 1, 3];
    await bench.session.enqueue(job(9, { kind: 'io', ms: 20 }));
    for (const [index, priority] of priorities.entries())
      await bench.session.enqueue({ ...job(index, noop), priority });
    bench.run(1);
    await bench.settled(6);
    const rows = await bench.finish();
    const order = rows.sort((a, b) => a.started - b.started).map(({ index }) => index);
    expect(order).toEqual([9, 1, 3, 2, 0, 4]);
  });
});

type Bench = Awaited<ReturnType<typeof open>>;

/** A session, what it reported, and what its event logs say. */
async function open(options: Record<string, unknown> = {}) {
  const session = await adapter.connect({}, adapter.options.parse(options));
  const epoch = takeEpoch();
  const host: HostSpec = { module: '', epoch, logDir: dir, name: 'w', spinsPerMs: 1e5, appDb: join(dir, 'app.db') };
  const outcomes = new Map<number, Outcome>();
  let reports = 0;
  let next = 0;
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const start = (concurrency: number, on: HostSpec) => {
    stop = new AbortController();
    return session.run({
      concurrency,
      signal: stop.signal,
      host: on,
      handle: () => expect.unreachable('jobs must run in threads'),
      settled(index, outcome) {
        reports++;
        outcomes.set(index, outcome);
      },
    });
  };
  const rows = () => executionsIn(dir);
  return {
    session,
    host,
    outcomes,
    start,
    rows,
    get reports() {
      return reports;
    },
    run: (concurrency: number) => (running = start(concurrency, host)),
    abort: () => stop.abort(),
    async enqueue(...works: Work[]) {
      await Promise.all(works.map((work) => session.enqueue(job(next++, work))));
    },
    settled: (n: number) => vi.waitFor(() => expect(reports).toBeGreaterThanOrEqual(n), deadline),
    /** Ends the run and the session; then the logs are complete. */
    async finish(): Promise<Execution[]> {
      stop.abort();
      await running;
      await session.close();
      return rows();
    },
  };
}

function job(index: number, work: Work): Job {
  return { index, queue: 'q', work, payload: `payload ${index}` };
}

function jobs(works: readonly Work[], from = 0): Job[] {
  return works.map((work, i) => job(from + i, work));
}

function many(n: number, work: Work): Work[] {
  return new Array<Work>(n).fill(work);
}
