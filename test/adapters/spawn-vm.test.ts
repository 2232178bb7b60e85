import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
// The entry of a forked process must be real JavaScript, so the compiled adapter is tested.
import adapter from '../../dist/adapters/spawn-vm.js';
import type { Session } from '../../src/core/adapter.js';
import { takeEpoch, type WallMs } from '../../src/core/clock.js';
import type { HostSpec } from '../../src/core/host.js';
import type { Job, Outcome, Work } from '../../src/core/job.js';
import type { Timeline } from '../../src/core/timeline.js';
import { type Execution, executionsIn, mostAtOnce } from '../support/logs.js';

const noop: Work = { kind: 'noop' };
const deadline = { timeout: 20_000, interval: 2 };
const BODIES = [{ body: 'process' }, { body: 'shared' }] as const;

let dir: string;
let bench: Bench;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jobbench-spawn-vm-'));
});
afterEach(async () => {
  await bench?.session.close();
  rmSync(dir, { recursive: true });
});

describe.each(BODIES)('with body=$body', ({ body }) => {
  test('500 jobs on 3 machines run exactly once each; the first wait for a boot', async () => {
    bench = await open({ body, maxMachines: 3 });
    bench.run(10);
    await bench.enqueue(...many(500, noop));
    await bench.settled(500);
    const rows = await bench.finish();
    expect(rows.map((row) => row.index)).toEqual([...Array(500).keys()]);
    expect(rows.every((row) => row.flag === 1)).toBe(true);
    expect(new Set(bench.outcomes.values())).toEqual(new Set(['completed']));
    const { totals, spans } = observed(bench.session);
    expect(totals).toMatchObject({ jobs: 500, machines: 3, peak_machines: 3, boot_failures: 0, retries: 0 });
    expect(spans.boot?.length).toBe(totals.cold_jobs);
    expect(totals.cold_jobs).toBeGreaterThan(0);
    expect(spans.run?.length).toBe(500);
  });

  test('a warm machine takes the next job without a boot, also in the next run', async () => {
    bench = await open({ body, maxMachines: 1, wait: 'forever' });
    bench.run(4);
    await bench.enqueue(noop);
    await bench.settled(1);
    await bench.enqueue(noop);
    await bench.settled(2);
    await bench.stop();
    bench.run(4);
    await bench.enqueue(noop);
    await bench.settled(3);
    await bench.finish();
    const { totals, spans } = observed(bench.session);
    expect(totals).toMatchObject({ machines: 1, cold_jobs: 1, jobs: 3 });
    expect(spans.boot?.map(([index]) => index)).toEqual([0]);
    expect(spans.boot?.[0]?.[1]).toBeCloseTo(10, 3); // 500 ms x 0.02, exact on the fleet's own clock
  });

  test('a machine that has waited long enough stops, and its process is gone', async () => {
    bench = await open({ body, wait: '1s' });
    bench.run(4);
    await bench.enqueue(noop);
    await bench.settled(1);
    await vi.waitFor(async () => expect(await bench.session.effective?.()).toMatchObject({ machines: 0 }), deadline);
    if (body === 'process') await vi.waitFor(() => expect(processesOf(dir)).toEqual([]), deadline);
    await bench.enqueue(noop);
    await bench.settled(2);
    await bench.finish();
    expect(observed(bench.session).totals).toMatchObject({ machines: 2, cold_jobs: 2 });
  });

  test('a job that ends its process is tried again until its attempts are used up; the others complete', async () => {
    bench = await open({ body, maxMachines: 2, attempts: 3 });
    bench.run(8);
    await bench.enqueue({ kind: 'exit' }, ...many(20, noop));
    await bench.settled(21);
    const rows = await bench.finish();
    expect(rows.filter((row) => row.index === 0)).toHaveLength(3);
    expect(bench.reports.get(0)).toEqual(['retrying', 'retrying', 'failed']);
    for (let i = 1; i <= 20; i++) expect(bench.reports.get(i)?.filter((o) => o !== 'retrying')).toEqual(['completed']);
    expect(observed(bench.session).totals).toMatchObject({ jobs: 20, dead_jobs: 1 });
    expect(observed(bench.session).totals.machine_deaths).toBeGreaterThanOrEqual(3);
  });

  test('a job that throws is tried as often as it says, with attempts counted, on the same machine', async () => {
    bench = await open({ body, maxMachines: 1, wait: 'forever' });
    bench.run(8);
    await bench.session.enqueue({ ...job(0, { kind: 'fail', times: 2 }), attempts: 3 });
    await bench.session.enqueue({ ...job(1, { kind: 'fail', times: 2 }), attempts: 2 });
    await bench.session.enqueue(job(2, { kind: 'fail', times: 1 }));
    await bench.settled(3);
    await bench.finish();
    expect(bench.reports.get(0)).toEqual(['retrying', 'retrying', 'completed']);
    expect(bench.reports.get(1)).toEqual(['retrying', 'failed']);
    expect(bench.reports.get(2)).toEqual(['failed']);
    expect(observed(bench.session).totals).toMatchObject({ machines: 1, retries: 3 });
  });

  test('an abort lets running jobs end and starts nothing more; what waits runs in the next run', async () => {
    bench = await open({ body, maxMachines: 2 });
    bench.run(8);
    await bench.enqueue(...many(6, { kind: 'io', ms: 200 }));
    await vi.waitFor(async () => expect(await bench.session.effective?.()).toMatchObject({ machines: 2 }), deadline);
    await bench.settled(1);
    await bench.stop();
    const ended = bench.ended;
    expect(ended).toBeLessThan(6);
    expect(await bench.session.depth?.()).toBe(6 - ended);
    bench.run(8);
    await bench.settled(6);
    const rows = await bench.finish();
    expect(rows).toHaveLength(6);
    expect(mostAtOnce(rows)).toBeLessThanOrEqual(2);
  });

  test('never more jobs at once than the runner allows', async () => {
    bench = await open({ body, maxMachines: 8 });
    bench.run(2);
    await bench.enqueue(...many(12, { kind: 'io', ms: 10 }));
    await bench.settled(12);
    expect(mostAtOnce(await bench.finish())).toBeLessThanOrEqual(2); // 1 where a process is slow to start
    expect(observed(bench.session).totals.peak_machines).toBe(2);
  });

  test('close leaves no process, not even one whose job never ends, and resolves run', async () => {
    bench = await open({ body, maxMachines: 3 });
    const running = bench.run(8);
    await bench.enqueue({ kind: 'hang' }, ...many(10, noop));
    await bench.settled(10);
    expect(processesOf(dir).length).toBeGreaterThan(0);
    await bench.session.close();
    await running;
    expect(processesOf(dir)).toEqual([]);
    expect(bench.rows()).toHaveLength(11); // the logs are written, the unfinished job's start included
    await bench.session.close();
    await expect(bench.session.enqueue(job(99, noop))).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('a killed process costs its machine one attempt', async () => {
    bench = await open({ body, maxMachines: 1, attempts: 2, wait: 'forever' });
    bench.run(8);
    await bench.enqueue(noop);
    await bench.settled(1);
    await bench.enqueue({ kind: 'io', ms: 300 }); // the machine is warm: it has the job at the end of this turn
    await new Promise((resolve) => setImmediate(resolve));
    for (const pid of processesOf(dir)) process.kill(pid, 'SIGKILL');
    await bench.settled(2);
    await bench.finish();
    expect(bench.reports.get(1)).toEqual(['retrying', 'completed']);
    expect(observed(bench.session).totals).toMatchObject({ machines: 2, machine_deaths: 1 });
  });
});

test('a parent that is killed leaves no process behind', async () => {
  bench = await open({});
  const script = `
    const { default: adapter } = await import(${JSON.stringify(new URL('../../dist/adapters/spawn-vm.js', import.meta.url).href)});
    const session = await adapter.connect({ seed: 1 }, adapter.options.parse({ timeScale: 0.02, maxMachines: 1 }));
    const enqueue = (index, kind) => session.enqueue({ index, queue: 'q', work: { kind }, payload: '' });
    enqueue(0, 'noop');
    enqueue(1, 'hang');
    const settled = () => setImmediate(() => console.log('the machine has got its second job'));
    const { signal } = new AbortController();
    await session.run({ concurrency: 2, signal, host: ${JSON.stringify(bench.host)}, handle() {}, settled });`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  const children = () => processesOf(dir).filter((pid) => pid !== parent.pid);
  expect(children()).toHaveLength(1);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(children()).toEqual([]), deadline);
});

describe('queue mode', () => {
  test('holds jobs until run, and never starts a scheduled one early', async () => {
    bench = await open({ maxMachines: 1 });
    const at = Date.now() + 400;
    await bench.session.enqueueAt?.(job(0, noop), at as WallMs);
    await bench.session.enqueue(job(1, noop));
    expect(await bench.session.depth?.()).toBe(2);
    expect(processesOf(dir)).toEqual([]);
    bench.run(1);
    await bench.settled(2);
    const rows = await bench.finish();
    expect(bench.host.epoch.wallMs + (rows[0]?.started ?? 0)).toBeGreaterThanOrEqual(at);
  });

  test('counts a boot that fails as an attempt, and gives the job up after the last without running it', async () => {
    bench = await open({ bootFailure: 1, attempts: 2, body: 'shared' });
    bench.run(4);
    await bench.enqueue(noop, noop);
    await bench.settled(2);
    expect(await bench.finish()).toEqual([]);
    expect([...bench.reports.values()]).toEqual([['failed'], ['failed']]);
    expect(observed(bench.session).totals).toMatchObject({ boot_failures: 4, dead_jobs: 2, jobs: 0 });
  });

  test('counts real starts that took longer than the simulated boot', async () => {
    bench = await open({ boot: '0ms', appBoot: '0ms', maxMachines: 1, body: 'process' });
    bench.run(1);
    await bench.enqueue(noop);
    await bench.settled(1);
    await bench.finish();
    const { totals } = observed(bench.session);
    expect(totals.overruns).toBe(1);
    expect(totals.overrun_seconds).toBeGreaterThan(0);
  });
});

describe('fork mode', () => {
  test('gives 100 jobs 100 machines at once, whatever the limits, in a few processes', async () => {
    bench = await open({ mode: 'fork', maxMachines: 2 });
    bench.run(1);
    await bench.enqueue(...many(100, { kind: 'io', ms: 50 }));
    await bench.settled(100);
    expect(processesOf(dir).length).toBeLessThanOrEqual(4);
    const rows = await bench.finish();
    expect(rows).toHaveLength(100);
    expect(mostAtOnce(rows)).toBeGreaterThan(2);
    expect(observed(bench.session).totals).toMatchObject({ machines: 100, cold_jobs: 100, linger_seconds: 0 });
  });

  test('schedules nothing, retries nothing, and says so', async () => {
    bench = await open({ mode: 'fork' });
    const refused = { code: 'UNSUPPORTED' };
    await expect(bench.session.enqueueAt?.(job(0, noop), 0 as WallMs)).rejects.toMatchObject(refused);
    await expect(bench.session.enqueue({ ...job(0, noop), attempts: 2 })).rejects.toMatchObject(refused);
    expect(adapter.traitsFor(adapter.options.parse({ mode: 'fork' }))).toMatchObject({
      delivery: 'at-most-once',
      schedules: false,
      retries: false,
    });
    bench.run(1);
    await bench.enqueue({ kind: 'exit' });
    await bench.settled(1);
    await bench.finish();
    expect(bench.reports.get(0)).toEqual(['failed']);
  });
});

describe('options', () => {
  const parse = (given: object) => adapter.options.safeParse(given);

  test('are in real time by default, and read as themselves once validated', () => {
    const chosen = adapter.options.parse({});
    expect(chosen).toMatchObject({ mode: 'queue', wait: '60s', maxMachines: 8, timeScale: 1, attempts: 3 });
    expect(adapter.options.parse(chosen)).toEqual(chosen);
    expect(adapter.traits).toMatchObject({ delivery: 'at-least-once', durability: 'memory', recoveryMs: 10_500 });
  });

  test.each([
    ['60', '60s'],
    [600, '600s'],
    ['10m', '600s'],
    ['0', '0s'],
    ['forever', 'forever'],
  ])('wait %s is %s', (given, means) => {
    const chosen = adapter.options.parse({ wait: given });
    expect(chosen.wait).toBe(means);
    expect(adapter.options.parse(chosen).wait).toBe(means);
  });

  test.each([
    [{ wait: '-5' }, 'wait', 'is not a wait; write seconds (60), a duration (10m) or forever'],
    [{ boot: 'quick' }, 'boot', '"quick" is not a distribution; write 500ms'],
    [{ appBoot: 'file:/nowhere/at/all' }, 'appBoot', 'no such file'],
    [{ mode: 'fork', body: 'process' }, 'body', 'use shared or auto'],
    [{ body: 'process', maxMachines: 65 }, 'body', 'use shared for more'],
    [{ maxMachines: 0 }, 'maxMachines', '>=1'],
    [{ bootFailure: 1.5 }, 'bootFailure', '<=1'],
    [{ timeScale: 0 }, 'timeScale', '>=0.001'],
  ])('%j is refused at %s: %s', (given, path, message) => {
    const { error } = parse(given);
    expect(error?.issues[0]).toMatchObject({ path: [path] });
    expect(error?.issues[0]?.message).toContain(message);
  });

  test('auto gives a process to each machine of a small fleet only', async () => {
    const bodyOf = async (given: object) => {
      const chosen = adapter.options.parse(given);
      const session = await adapter.connect({ seed: 1 }, chosen);
      const { body } = (await session.effective?.()) ?? {};
      await session.close();
      return body;
    };
    expect(await bodyOf({})).toBe('process');
    expect(await bodyOf({ maxMachines: 33 })).toBe('shared');
    expect(await bodyOf({ mode: 'fork' })).toBe('shared');
  });

  test('that touch a number are told beside it', () => {
    const notes = (given: object) => adapter.notes(adapter.options.parse(given), 'real').join('\n');
    expect(notes({})).not.toContain('timeScale');
    expect(notes({})).toContain("simulated machines run their work on this machine's cores; real ones have their own");
    expect(notes({ timeScale: 0.02 })).toContain('times are simulated at timeScale 0.02');
    expect(notes({ timeScale: 0.02 })).toContain('50-fold');
    expect(notes({ mode: 'fork' })).toContain('no limit');
  });

  test('draw other machines for another trial, the same for the same', async () => {
    const create = (trial: string) =>
      adapter.create(adapter.options.parse({}), { dir, name: trial, allowRemote: false });
    expect(await create('jobbench:a:t1')).toEqual(await create('jobbench:b:t1'));
    expect(await create('jobbench:a:t1')).not.toEqual(await create('jobbench:a:t2'));
  });

  test('take measured values from a file, and name its line', () => {
    const path = join(dir, 'boots.txt');
    writeFileSync(path, '300ms\n400ms\nnever\n');
    expect(parse({ boot: `file:${path}` }).error?.issues[0]?.message).toContain('line 3: "never" is not a duration');
    writeFileSync(path, '300ms\n400ms\n');
    expect(parse({ boot: `file:${path}` }).success).toBe(true);
  });
});

describe('metrics', () => {
  test('come from the timeline and the observations, unscaled; what cannot be said is left out', () => {
    const totals = { jobs: 4, cold_jobs: 2, machine_seconds: 500, cost_usd: 0.5 };
    const spans = { boot: [[0, 10] as const, [3, 10] as const] };
    const timeline = {
      due: Float64Array.of(0, 0, 0, 100),
      finished: Float64Array.of(50, 1, 1, 250),
      observations: [{ totals, spans }],
    } as unknown as Timeline; // as much of one as is read
    expect(adapter.measure(timeline)).toEqual({
      cold_p50: 100,
      cold_share: 0.5,
      machine_seconds: 500,
      cost_per_1k: 125,
      crashes: 0,
    });
    const crashed = { ...timeline, observations: [{ totals: { ...totals, machine_crashes: 2 }, spans }] };
    expect(adapter.measure(crashed)).toMatchObject({ crashes: 2 });
    expect(adapter.measure({ ...timeline, observations: [] })).toEqual({ machine_seconds: 0, crashes: 0 });
  });
});

type Bench = Awaited<ReturnType<typeof open>>;

/** A session on simulated machines at timeScale 0.02, and a runner that keeps what is reported. */
async function open(given: object) {
  const chosen = adapter.options.parse({ timeScale: 0.02, ...given });
  const session: Session = await adapter.connect({ seed: 1 }, chosen);
  const host: HostSpec = {
    module: new URL('../../dist/work/handler.js', import.meta.url).href,
    epoch: takeEpoch(),
    logDir: dir,
    name: 'test',
    spinsPerMs: 1000,
    appDb: join(dir, 'app.db'),
  };
  const reports = new Map<number, Outcome[]>();
  let next = 0;
  let ended = 0;
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const rows = () => executionsIn(dir);
  return {
    session,
    host,
    reports,
    rows,
    get ended() {
      return ended;
    },
    get outcomes() {
      return new Map([...reports].map(([index, list]) => [index, list.at(-1)]));
    },
    run(concurrency: number) {
      stop = new AbortController();
      running = session.run({
        concurrency,
        signal: stop.signal,
        host,
        handle: () => expect.unreachable('jobs must run in processes'),
        settled(index, outcome) {
          reports.set(index, [...(reports.get(index) ?? []), outcome]);
          if (outcome !== 'retrying') ended++;
        },
      });
      return running;
    },
    async stop() {
      stop.abort();
      await running;
    },
    async enqueue(...works: Work[]) {
      await Promise.all(works.map((work) => session.enqueue(job(next++, work))));
    },
    settled: (n: number) => vi.waitFor(() => expect(ended).toBeGreaterThanOrEqual(n), deadline),
    /** Ends the run and the session; then the logs are complete. */
    async finish(): Promise<Execution[]> {
      stop.abort();
      await running;
      await session.close();
      expect(processesOf(dir)).toEqual([]);
      return rows();
    },
  };
}

function job(index: number, work: Work): Job {
  return { index, queue: 'q', work, payload: `payload ${index}` };
}

function many(n: number, work: Work): Work[] {
  return new Array<Work>(n).fill(work);
}

function observed(session: Session) {
  const seen = session.observe?.();
  if (seen === undefined) throw new Error('nothing observed');
  return seen;
}

/** Ids of the processes that carry our folder in their arguments. */
function processesOf(scratch: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).includes(scratch))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has exited since the folder was read
  }
}
