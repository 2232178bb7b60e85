import { availableParallelism } from 'node:os';
import type { Runner } from '../../core/adapter.js';
import { describeError, JobbenchError } from '../../core/errors.js';
import type { HostSpec } from '../../core/host.js';
import type { Job } from '../../core/job.js';
import type { Observation } from '../../core/observation.js';
import { bodyOf, queuesOf } from '../../fleet/chosen.js';
import { Fleets } from '../../fleet/fleets.js';
import type { VmOptions } from '../../fleet/options.js';
import { phaseBook } from '../../fleet/phasebook.js';
import { fleetTotals } from '../../fleet/report.js';
import type { Effect, FleetOptions, Totals } from '../../fleet/types.js';
import { type Bodies, ownBodies, sharedBodies } from '../../work/processpool.js';

/** setTimeout fires at once for delays of 2^31 ms or more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** A fleet in real time: its clock runs `1 / timeScale` times as fast as ours, its machines' jobs run in processes. */
export interface LiveFleet {
  /** Jobs that have not ended, machines that live, processes that execute for them. */
  readonly open: number;
  readonly machines: number;
  readonly processes: number;
  submit(job: Job): void;
  run(runner: Runner): Promise<void>;
  /** Up to the end of the last run. */
  observe(): Observation;
  close(): Promise<void>;
}

/** @param over a job has ended for good @param watch told of every effect as it is carried out, for tests */
export function liveFleet(
  chosen: VmOptions,
  settings: FleetOptions,
  seed: number,
  over: (job: Job) => void,
  watch?: (effect: Effect<Job>) => void,
): LiveFleet {
  const fleet = new Fleets<Job>(settings, queuesOf(chosen), seed);
  const book = phaseBook();
  const now = scaledClock(chosen.timeScale);
  const alarm = scaledAlarm(now, chosen.timeScale, () => apply(fleet.advance(now())));
  let bodies: Bodies | undefined;
  let runner: Runner | undefined;
  let totals: Totals = fleet.totals(0);
  let idle: () => void = () => undefined;
  let stop: () => void = () => undefined;
  let fail: (error: JobbenchError) => void = () => undefined;

  function apply(effects: readonly Effect<Job>[]): void {
    for (const effect of effects) carryOut(effect);
    if (fleet.running === 0) idle();
    alarm.set(fleet.nextAt());
  }
  function carryOut(effect: Effect<Job>): void {
    watch?.(effect);
    if (effect.kind === 'start') bodies?.start(effect.machine);
    else if (effect.kind === 'run') bodies?.run(effect.machine, effect.job, effect.attempt);
    else if (effect.kind === 'stop' || effect.kind === 'lost') bodies?.stop(effect.machine);
    else if (effect.kind === 'lingered') book.lingered(effect.job.index, effect.ms);
    else report(effect);
  }
  function report(effect: Extract<Effect<Job>, { job: Job; kind: 'completed' | 'dead' | 'retrying' }>): void {
    if (effect.kind !== 'retrying') over(effect.job);
    if (effect.kind === 'completed') book.add(effect.job.index, effect.phases);
    if (effect.kind === 'completed') runner?.settled(effect.job.index, 'completed');
    else if (effect.kind === 'dead') runner?.settled(effect.job.index, 'failed');
    // A machine that failed to boot has executed nothing that could be settled.
    else if (effect.why !== 'boot') runner?.settled(effect.job.index, 'retrying');
  }
  function bodiesOn(host: HostSpec): Bodies {
    const events = {
      up: (machine: number) => apply(fleet.bodyUp(machine, now())),
      ended: (machine: number, job: Job, ok: boolean) => apply(fleet[ok ? 'finished' : 'failed'](machine, now(), job)),
      died: (machine: number) => apply(fleet.died(machine, now())),
      broken: (detail: string) => fail(cannotStart(detail)),
    };
    return bodyOf(chosen) === 'process' ? ownBodies(host, events) : sharedBodies(host, executors(), events);
  }

  return {
    get open() {
      return fleet.open;
    },
    get machines() {
      return fleet.machines;
    },
    get processes() {
      return bodies?.processes ?? 0;
    },
    submit: (job) => apply(fleet.submit(job, now(), job.attempts, job.queue)),
    async run(next) {
      runner = next;
      bodies ??= bodiesOn(next.host);
      try {
        await new Promise<void>((resolve, reject) => {
          stop = resolve;
          fail = reject;
          next.signal.addEventListener('abort', () => resolve(), { once: true });
          apply(fleet.resume(next.concurrency, now()));
        });
      } finally {
        apply(fleet.pause(now()));
        // As long as the jobs take: whoever cannot wait for them closes the session.
        if (fleet.running > 0) await new Promise<void>((resolve) => (idle = resolve));
        totals = fleet.totals(now());
        runner = undefined;
      }
    },
    observe: () => ({ totals: fleetTotals(totals, chosen, chosen.timeScale), spans: book.spans(chosen.timeScale) }),
    async close() {
      stop();
      apply(fleet.shutdown(now()));
      alarm.close();
      await bodies?.close();
    },
  };
}

/** Processes that machines share where they have none of their own: one a core, and a few at most. */
export function executors(): number {
  return Math.min(4, Math.max(1, availableParallelism()));
}

/** Milliseconds of simulated time since now. */
function scaledClock(scale: number): () => number {
  const started = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - started) / 1e6 / scale;
}

/**
 * One timer for the next thing due. Finding nothing due costs one look; setting it later again for every job, as its
 * machine stops lingering and starts again, would cost more.
 */
function scaledAlarm(now: () => number, scale: number, due: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let setFor = Number.POSITIVE_INFINITY;
  return {
    set(at: number): void {
      if (at >= setFor) return;
      clearTimeout(timer);
      setFor = at;
      const delay = Math.max(0, Math.ceil((at - now()) * scale));
      timer = setTimeout(
        () => {
          setFor = Number.POSITIVE_INFINITY;
          due();
        },
        Math.min(delay, LONGEST_TIMEOUT_MS),
      );
    },
    close(): void {
      clearTimeout(timer);
      setFor = Number.NEGATIVE_INFINITY;
    },
  };
}

function cannotStart(detail: string): JobbenchError {
  return new JobbenchError(
    'CHILD',
    `the processes of simulated machines cannot start here (${describeError(detail)}); try a smaller maxMachines, or body=shared`,
  );
}
