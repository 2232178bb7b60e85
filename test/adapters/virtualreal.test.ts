import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { liveFleet } from '../../dist/adapters/spawn-vm/livefleet.js';
// Machines run their work in processes, whose entry must be real JavaScript: the compiled program is tested.
import adapter from '../../dist/adapters/spawn-vm.js';
import { takeEpoch } from '../../src/core/clock.js';
import type { Job } from '../../src/core/job.js';
import { seedFor } from '../../src/core/random.js';
import { fleetOptions, queuesOf } from '../../src/fleet/chosen.js';
import type { VmOptions } from '../../src/fleet/options.js';
import { simulateFleet } from '../../src/fleet/simulate.js';
import type { Effect, Phases } from '../../src/fleet/types.js';
import { until } from '../e2e/place.js';

/**
 * A computer that stands still for 40 ms does so for 2 s of a clock at 0.02, and for 0.25 s of one at 0.16. So where it did,
 * a slower clock says what was not to be told by a faster one.
 */
const SCALES = [0.02, 0.04, 0.08, 0.16] as const;
/** So often the event loop is looked at, and so late it may be at the fastest clock: 0.5 s of that. */
const LOOK_MS = 5;
const LATE_MS = 10;
/** Two events closer than this, 40 real milliseconds at the fastest clock, could change places. */
const APART_MS = 2000;
/** The first job starts the processes; the others come when its machine has stopped again. */
const BEGIN_MS = 100_000;
const GAPS = [0, 5_000, 60_000, 70_000] as const;
const RUN_MS = 12_000;

const dir = mkdtempSync(join(tmpdir(), 'jobbench-virtual-'));
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));

function chosenAt(timeScale: number): VmOptions {
  return adapter.options.parse({
    ...{ boot: '6s', appBoot: 'uniform:20s:40s', wait: '20s', maxMachines: 2 },
    ...{ park: 'suspend', resume: '8s', body: 'shared', timeScale },
  });
}

/** Jobs by their times: one to begin with, the others in gaps. */
function plan(): number[] {
  let at = BEGIN_MS;
  return [0, ...GAPS.map((gap) => (at += gap))];
}

interface Story {
  /** `run 3`, `completed 3`, `start`, `stop`: in their order. */
  readonly events: string[];
  readonly at: number[];
  readonly phases: Map<number, Readonly<Phases>>;
}

function story(): Story & { note(effect: Effect<unknown>, index: number | undefined, at: number): void } {
  const told: Story = { events: [], at: [], phases: new Map() };
  return {
    ...told,
    note(effect, index, at) {
      told.events.push(index === undefined ? effect.kind : `${effect.kind} ${index}`);
      told.at.push(at);
      if (effect.kind === 'completed' && index !== undefined) told.phases.set(index, effect.phases);
    },
  };
}

async function simulated(seed: number): Promise<Story> {
  const told = story();
  const atMs = Float64Array.from(plan());
  const runMs = new Float64Array(atMs.length).fill(RUN_MS);
  const chosen = chosenAt(SCALES[0]);
  const machines = { options: fleetOptions(chosen, String), queues: queuesOf(chosen), seed, name: () => ({}) };
  const end = (atMs.at(-1) ?? 0) + 200_000;
  await simulateFleet({ atMs, runMs, attempts: 1, untilMs: end, seed: 1 }, machines, undefined, (effect, at) =>
    told.note(effect, 'job' in effect ? effect.job : undefined, at),
  );
  return told;
}

/** The same in real time, and by how much the event loop of this process was late meanwhile, in real ms. */
async function lived(seed: number, virtual: Story, scale: number): Promise<{ real: Story; lateMs: number }> {
  const told = story();
  const chosen = chosenAt(scale);
  const began = process.hrtime.bigint();
  const now = () => Number(process.hrtime.bigint() - began) / 1e6 / scale;
  const settings = fleetOptions(chosen, String);
  const fleet = liveFleet(
    chosen,
    settings,
    seedFor(seed, 'machines', 1),
    () => undefined,
    (effect) => told.note(effect, 'job' in effect ? effect.job.index : undefined, now()),
  );
  const abort = new AbortController();
  const host = {
    module: new URL('../../dist/work/handler.js', import.meta.url).href,
    ...{ epoch: takeEpoch(), logDir: dir, name: `live-${seed}-${scale}`, spinsPerMs: 1000, appDb: '' },
  };
  const running = fleet.run({
    concurrency: 99,
    signal: abort.signal,
    handle: () => undefined,
    host,
    settled: () => undefined,
  });
  const submit = (index: number) => {
    const job: Job = { index, queue: 'default', work: { kind: 'io', ms: RUN_MS * scale }, payload: '' };
    fleet.submit(job);
  };
  const [first, ...others] = plan();
  submit(first ?? 0);
  await until(() => told.events.includes('stop'), 20_000 + BEGIN_MS * scale, 'the first machine to stop');
  const zero = now() - BEGIN_MS;
  const lateness = watchLateness();
  const waits = others.map((at, n) => delayed((at + zero - now()) * scale, () => submit(n + 1)));
  await Promise.all(waits);
  // One that tells too little is told from one that is late.
  const end = zero + (virtual.at.at(-1) ?? 0) + 10 * APART_MS;
  await until(
    () => told.events.length >= virtual.events.length || now() > end,
    20_000 + (end - now()) * scale,
    'the day to end',
  );
  const lateMs = lateness.stop();
  abort.abort();
  await running;
  await fleet.close();
  return { real: told, lateMs };
}

/** How late a timer was at most. */
function watchLateness(): { stop(): number } {
  let last = performance.now();
  let most = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    most = Math.max(most, now - last - LOOK_MS);
    last = now;
  }, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

function delayed(ms: number, act: () => void): Promise<void> {
  return new Promise((resolve) => setTimeout(() => resolve(act()), Math.max(0, ms)));
}

/** Events at one instant have no order to compare; all others must be far enough apart. */
function tellable({ at }: Story): boolean {
  return at.every((time, i) => i === 0 || time === at[i - 1] || time - (at[i - 1] ?? 0) >= APART_MS);
}

/** What differs, in sentences. */
function unlike(virtual: Story, real: Story): string[] {
  const lived = real.events.slice(0, virtual.events.length);
  if (lived.join() !== virtual.events.join()) return [`virtually ${virtual.events.join()}, really ${lived.join()}`];
  // The first job waited for processes to start, too.
  return [...virtual.phases].slice(1).flatMap(([index, phases]) =>
    (['provision', 'boot', 'appBoot', 'resume', 'run', 'queue'] as const).flatMap((name) => {
      const took = real.phases.get(index)?.[name] ?? Number.NaN;
      const isLike = Math.abs(took - phases[name]) < (phases[name] > 0 ? 0.15 * phases[name] : 1500);
      return isLike ? [] : [`${name} of job ${index} took ${took} ms, not ${phases[name]}`];
    }),
  );
}

describe('in real time and in virtual time, of one seed', () => {
  test('the same events happen in the same order, and phases take as long', { timeout: 200_000 }, async () => {
    let seed = 1;
    while (seed < 100 && !tellable(await simulated(seed))) seed++;
    const virtual = await simulated(seed);
    expect([...virtual.phases.keys()][0]).toBe(0);
    let wrong: string[] = [];
    for (const scale of SCALES) {
      const { real, lateMs } = await lived(seed, virtual, scale);
      wrong = unlike(virtual, real);
      if (wrong.length === 0 || lateMs < LATE_MS) break;
    }
    expect(wrong).toEqual([]);
    expect(virtual.events.filter((event) => event.startsWith('run'))).toHaveLength(plan().length);
    expect([...virtual.phases.values()].some(({ resumed }) => resumed)).toBe(true);
  });
});
