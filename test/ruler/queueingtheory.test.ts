import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import memory from '../../src/adapters/memory.js';
import { type RunMs, runClock } from '../../src/core/clock.js';
import type { Phase } from '../../src/core/layout.js';
import { exponential, seeded } from '../../src/core/random.js';
import type { Timeline } from '../../src/core/timeline.js';
import { mergeLogs } from '../../src/engine/merge.js';
import { settledCount } from '../../src/engine/roles/backlog.js';
import { openProducer, producedLog } from '../../src/engine/roles/producer.js';
import { openWorker } from '../../src/engine/roles/worker.js';
import { span } from '../../src/scenarios/common/spans.js';
import latency from '../../src/scenarios/latency.js';
import { phaseWindow } from '../support/timeline.js';
import { type VirtualTime, virtualTime } from '../support/virtualtime.js';

/*
 * R5 without a machine: schedule, pacer, producer, an adapter in process, worker, event logs, merging and percentiles are
 * those of a trial, but the clock they look at is a number, and work only moves it on. So what theory says must come out
 * as exactly as so many jobs allow, on any machine and however busy: the same numbers each time.
 */
const world = vi.hoisted(() => ({ busy: (_ms: number): void => undefined }));
vi.mock('../../src/work/body.js', async (original) => ({
  ...(await original<typeof import('../../src/work/body.js')>()),
  doWork: (work: { readonly ms: number }) => world.busy(work.ms),
}));

const SERVICE_MS = 2;
const SEED = 11;
const dir = mkdtempSync(join(tmpdir(), 'jobbench-theory-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** One server, Poisson arrivals, services as given. */
async function measured(name: string, utilisation: number, jobs: number, service: () => number): Promise<Timeline> {
  const time = virtualTime();
  try {
    return await time.until(trial(time, name, utilisation, jobs, service));
  } finally {
    time.restore();
  }
}

async function trial(time: VirtualTime, name: string, utilisation: number, count: number, service: () => number) {
  world.busy = time.busy;
  const ratePerS = (1000 * utilisation) / SERVICE_MS;
  const durationMs = (1000 * count) / ratePerS;
  const epoch = { ns: '0', wallMs: 1_800_000_000_000 };
  const logDir = join(mkdtempSync(join(dir, `${name}-`)));
  const host = { module: '', epoch, logDir, name: 'queue', spinsPerMs: 1, appDb: '' };
  const work = { kind: 'cpu', ms: SERVICE_MS } as const;
  const jobs = { work, payloadBytes: 0, attempts: 1, queue: 'default' };
  const producing = { producer: { ordinal: 0, producers: 1, jobs }, threads: [] };
  const adapter = { name: 'memory', module: '', options: {} };
  const plan = { ...host, adapter, address: {}, seed: SEED, ...producing };
  const clock = runClock(epoch);
  const session = await memory.connect();
  const served = {
    ...session,
    enqueue: (job: Parameters<typeof session.enqueue>[0]) =>
      session.enqueue({ ...job, work: { kind: 'cpu', ms: service() } }),
  };
  const total = settledCount();
  const failed = (error: unknown) => {
    throw error;
  };
  const worker = openWorker(session, host, 1, clock, total.set, failed);
  const producer = openProducer(plan, served, clock, total);
  const load = { kind: 'open', arrivals: 'poisson', ratePerS, durationMs } as const;
  const phase: Phase = { name: 'open', workers: 'on', jobs: load, until: 'settled' };
  const startMs = 50 as RunMs;
  worker.start();
  const { accepted } = await producer.produce({ name: 'open', jobs: load, startMs });
  await new Promise<void>((resolve) => total.when(accepted, resolve));
  const window = phaseWindow('open', startMs, durationMs, Math.max(0, clock() - startMs - durationMs));
  await worker.stop();
  await session.close();
  worker.close();
  producer.log.write(producedLog(plan));
  const nothing = { usage: [], strikes: [], calls: [], observations: [], storeBytes: 0, memory: [] };
  return mergeLogs({
    logDir,
    epoch,
    seed: SEED,
    phases: [phase],
    windows: [window],
    produced: [producer.ranges],
    ...nothing,
  });
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('R5 in virtual time', () => {
  it('M/D/1 at a utilisation of 0.7: the mean wait is that of Pollaczek and Khinchine, 2.33 ms, within 10 %', async () => {
    const utilisation = 0.7;
    const timeline = await measured('md1', utilisation, 30_000, () => SERVICE_MS);
    const waits = span(timeline, 'open', 'due', 'started');
    expect(waits.length).toBeGreaterThan(29_000);
    const expected = (utilisation * SERVICE_MS) / (2 * (1 - utilisation));
    expect(expected).toBeCloseTo(2.33, 2);
    expect(Math.abs(mean(waits) / expected - 1)).toBeLessThan(0.1);
  });

  it('M/M/1 at a utilisation of 0.5: the p99 of all times in the system is 18.4 ms, within 10 %', async () => {
    const random = seeded(SEED);
    const timeline = await measured('mm1', 0.5, 40_000, () => exponential(random, SERVICE_MS));
    const meanMs = SERVICE_MS / (1 - 0.5);
    expect(Math.abs(mean(span(timeline, 'open', 'due', 'finished')) / meanMs - 1)).toBeLessThan(0.1);
    const { total_p99 } = latency.measure(timeline);
    const expected = meanMs * Math.log(100);
    expect(expected).toBeCloseTo(18.4, 1);
    expect(Math.abs(Number(total_p99) / expected - 1)).toBeLessThan(0.1);
  });
});
