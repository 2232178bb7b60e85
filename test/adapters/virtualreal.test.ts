import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { liveFleet } from '../../dist/adapters/spawn-vm/livefleet.js';
// Machines run their work in processes, whose entry must be real JavaScript: the compiled program is tested.
import adapter from '../../dist/adapters/spawn-vm.js';
import { takeEpoch } from '../../src/core/clock.js';
import type { Job } from '../../src/core/job.js';
import { seedFor } from '../../src/core/random.js';
import { fleetOptions, queuesOf, type VmOptions } from '../../src/fleet/options.js';
import { simulateFleet } from '../../src/fleet/simulate.js';
import type { Effect, Phases } from '../../src/fleet/types.js';

const SCALE = 0.02;
/** Two events closer than this, 40 real milliseconds, could change places on a busy computer. */
const APART_MS = 2000;
/** The first job starts the processes; the others come when its machine has stopped again. */
const BEGIN_MS = 100_000;
const GAPS = [0, 5_000, 60_000, 70_000] as const;
const RUN_MS = 12_000;

const dir = mkdtempSync(join(tmpdir(), 'jobbench-virtual-'));
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));

const chosen: VmOptions = adapter.options.parse({
  ...{ boot: '6s', appBoot: 'uniform:20s:40s', wait: '20s', maxMachines: 2 },
  ...{ park: 'suspend', resume: '8s', body: 'shared', timeScale: SCALE },
});

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
  const machines = { options: fleetOptions(chosen, String), queues: queuesOf(chosen), seed, name: () => ({}) };
  const end = (atMs.at(-1) ?? 0) + 200_000;
  await simulateFleet({ atMs, runMs, attempts: 1, untilMs: end, seed: 1 }, machines, undefined, (effect, at) =>
    told.note(effect, 'job' in effect ? effect.job : undefined, at),
  );
  return told;
}

async function lived(seed: number, expected: number): Promise<Story> {
  const told = story();
  const began = process.hrtime.bigint();
  const now = () => Number(process.hrtime.bigint() - began) / 1e6 / SCALE;
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
    ...{ epoch: takeEpoch(), logDir: dir, name: `live-${seed}-${Math.round(now())}`, spinsPerMs: 1000, appDb: '' },
  };
  const running = fleet.run({
    concurrency: 99,
    signal: abort.signal,
    handle: () => undefined,
    host,
    settled: () => undefined,
  });
  const submit = (index: number) => {
    const job: Job = { index, queue: 'default', work: { kind: 'io', ms: RUN_MS * SCALE }, payload: '' };
    fleet.submit(job);
  };
  const [first, ...others] = plan();
  submit(first ?? 0);
  await vi.waitFor(() => expect(told.events).toContain('stop'), { timeout: 20_000, interval: 5 });
  const zero = now() - BEGIN_MS;
  const waits = others.map((at, n) => delayed((at + zero - now()) * SCALE, () => submit(n + 1)));
  await Promise.all(waits);
  await vi.waitFor(() => expect(told.events.length).toBeGreaterThanOrEqual(expected), { timeout: 20_000, interval: 5 });
  abort.abort();
  await running;
  await fleet.close();
  return told;
}

function delayed(ms: number, act: () => void): Promise<void> {
  return new Promise((resolve) => setTimeout(() => resolve(act()), Math.max(0, ms)));
}

/** Events at one instant have no order to compare; all others must be far enough apart. */
function tellable({ at }: Story): boolean {
  return at.every((time, i) => i === 0 || time === at[i - 1] || time - (at[i - 1] ?? 0) >= APART_MS);
}

describe('in real time and in virtual time, of one seed', () => {
  // A computer that stops for 40 ms at the wrong moment changes an order; it does not do so three times.
  test('the same events happen in the same order, and phases take as long', { retry: 2, timeout: 60_000 }, async () => {
    let seed = 1;
    while (seed < 100 && !tellable(await simulated(seed))) seed++;
    const virtual = await simulated(seed);
    const real = await lived(seed, virtual.events.length);
    expect(real.events.slice(0, virtual.events.length)).toEqual(virtual.events);
    for (const [index, phases] of virtual.phases) {
      if (index === 0) continue; // it waited for processes to start too
      for (const name of ['provision', 'boot', 'appBoot', 'resume', 'run', 'queue'] as const) {
        const difference = Math.abs((real.phases.get(index)?.[name] ?? Number.NaN) - phases[name]);
        expect(difference, `${name} of job ${index}`).toBeLessThan(phases[name] > 0 ? 0.15 * phases[name] : 1500);
      }
    }
    expect(virtual.events.filter((event) => event.startsWith('run'))).toHaveLength(plan().length);
    expect([...virtual.phases.values()].some(({ resumed }) => resumed)).toBe(true);
  });
});
