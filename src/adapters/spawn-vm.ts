import { readFileSync } from 'node:fs';
import type { Adapter, Session } from '../core/adapter.js';
import { JobbenchError, unsupported } from '../core/errors.js';
import type { Job } from '../core/job.js';
import { seedFor } from '../core/random.js';
import { assertSupported, type Traits } from '../core/traits.js';
import { bodyOf, fleetOptions, queuesOf } from '../fleet/chosen.js';
import { type VmOptions, vmOptions } from '../fleet/options.js';
import { FLEET_METRICS, fleetNotes, fleetTotals, measureFleet } from '../fleet/report.js';
import { simulateFleet } from '../fleet/simulate.js';
import type { Totals } from '../fleet/types.js';
import { DueHeap } from '../work/dueheap.js';
import { heldKeys } from '../work/keys.js';
import { executors, liveFleet } from './spawn-vm/livefleet.js';

/** What a process of ours may need to start beyond a simulated boot, on a busy computer. */
const REAL_START_MS = 5000;

const read = (path: string) => readFileSync(path, 'utf8');
const options = vmOptions(read);

/** Machines that start when jobs come, after the Fly Machines of the original; only their boot is simulated. */
export default {
  summary: 'a machine boots when jobs come, drains them, stays warm for a while, stops; boots are simulated',
  traits: traitsFor(options.parse({})),
  options,
  metrics: FLEET_METRICS,
  notes: fleetNotes,
  traitsFor,
  async create(chosen, scratch) {
    fleetOptions(chosen, read); // a file of measured values that is gone is missed before anything starts
    // Trials draw different machines, but the same ones whenever the run is repeated.
    return { seed: seedFor(chosen.seed, scratch.name.split(':').at(-1) ?? '') };
  },
  connect: async (address, chosen) => open(chosen, Number(address.seed)),
  measure: (timeline) => measureFleet(timeline),
  simulate(load, chosen, pause) {
    const name = (totals: Totals) => fleetTotals(totals, chosen, 1);
    const machines = { options: fleetOptions(chosen, read), queues: queuesOf(chosen), seed: chosen.seed, name };
    return simulateFleet(load, machines, pause);
  },
} satisfies Adapter<VmOptions>;

/**
 * The queue is in the memory of the process that enqueues: when that ends, all is gone (`memory`). But a job outlives
 * its machine: one that dies takes a job along only when its attempts are used up, and a job that had just ended there,
 * unreported, runs again. So towards machines it is at-least-once, except where a job has one attempt.
 */
function traitsFor(chosen: VmOptions): Traits {
  const { mode, apiDelay, boot, appBoot, resume, apiPerS } = { ...chosen, ...fleetOptions(chosen, read) };
  const again = mode === 'queue' && chosen.attempts > 1;
  // Where the API lets machines through one by one, nobody knows how long the line is.
  const lineMs = apiPerS === Number.POSITIVE_INFINITY ? 0 : Number.POSITIVE_INFINITY;
  const startMs = lineMs + apiDelay.maxMs + Math.max(boot.maxMs + appBoot.maxMs, resume.maxMs);
  return {
    topology: 'embedded',
    executes: 'process',
    simulated: true,
    delivery: again ? 'at-least-once' : 'at-most-once',
    durability: 'memory',
    schedules: mode === 'queue',
    priorities: false,
    retries: mode === 'queue',
    unique: true,
    ...(mode === 'fork' ? { unlimited: true as const } : { fifo: true as const }),
    ...(bodyOf(chosen) === 'shared' && { sharesProcesses: true as const }),
    maxPayloadBytes: chosen.maxPayload,
    bulk: false,
    ...(again && Number.isFinite(startMs) && { recoveryMs: startMs * chosen.timeScale + REAL_START_MS }),
  };
}

function open(chosen: VmOptions, seed: number): Session {
  const traits = traitsFor(chosen);
  const keys = heldKeys();
  const fleet = liveFleet(chosen, fleetOptions(chosen, read), seed, keys.free);
  const later = new DueHeap<Job>(fleet.submit);
  let closed: Promise<void> | undefined;

  function accept(job: Job): void {
    if (closed !== undefined) throw new JobbenchError('ABORTED', 'this session is closed; connect again to enqueue');
    assertSupported('spawn-vm', traits, job);
  }

  return {
    async enqueue(job) {
      accept(job);
      if (keys.take(job)) fleet.submit(job);
    },
    async enqueueAt(job, at) {
      if (!traits.schedules) throw unsupported('spawn-vm', 'scheduled jobs with mode=fork; use mode=queue');
      accept(job);
      if (keys.take(job)) later.push(job, at);
    },
    async run(runner) {
      if (!runner.signal.aborted && closed === undefined) await fleet.run(runner);
    },
    depth: async () => fleet.open + later.size,
    effective: async () => ({
      ...inForce(chosen),
      machines: fleet.machines,
      processes: fleet.processes,
      seed,
    }),
    observe: fleet.observe,
    async close() {
      later.close();
      closed ??= fleet.close();
      await closed;
    },
  };
}

/** The options that do something in this mode, and what `auto` came to. */
function inForce(chosen: VmOptions) {
  const { mode, apiDelay, boot, appBoot, bootFailure, wait, maxMachines, attempts, timeScale, price } = chosen;
  const { apiRate, apiBurst, queues, minWarm, jobsPerMachine, park, resume, lifetime, priceStopped, priceSuspended } =
    chosen;
  const body = bodyOf(chosen);
  return {
    mode,
    ...(mode === 'queue' && { wait, maxMachines, minWarm, jobsPerMachine, park, attempts }),
    ...(mode === 'queue' && queues !== '' && { queues }),
    ...{ apiDelay, boot, appBoot, bootFailure, timeScale, price, body },
    ...(lifetime !== 'never' && { lifetime }),
    ...(apiRate > 0 && { apiRate, apiBurst }),
    ...(park === 'stop' && { priceStopped }),
    ...(park === 'suspend' && { resume, priceSuspended }),
    ...(body === 'shared' && { executors: executors() }),
  };
}
