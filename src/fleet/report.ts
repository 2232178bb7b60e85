import type { MetricInfo } from '../core/metric.js';
import type { Timeline } from '../core/timeline.js';
import { bodyOf, parkedPrice } from './chosen.js';
import type { VmOptions } from './options.js';
import type { Totals } from './types.js';

export const FLEET_METRICS: Readonly<Record<string, MetricInfo>> = {
  cold_p50: { label: 'cold p50', unit: 'ms', better: 'lower' },
  cold_share: { label: 'cold jobs', unit: 'ratio', better: 'lower' },
  machine_seconds: { label: 'machine time', unit: 's', better: 'lower' },
  crashes: { label: 'machines that crashed with nothing to do', unit: 'count', better: 'lower' },
  cost_per_1k: { label: 'cost of 1,000 jobs', unit: 'usd', better: 'lower' },
};

/** Sentences that must stand beside its numbers. */
export function fleetNotes(chosen: VmOptions, time: 'real' | 'virtual'): string[] {
  const scale = chosen.timeScale;
  const deaths = chosen.mode === 'queue' && chosen.lifetime !== 'never' ? [DEATHS] : [];
  if (time === 'virtual') return chosen.mode === 'fork' ? [FORKS] : deaths;
  return [
    ...deaths,
    ...(scale === 1
      ? []
      : [
          `times are simulated at timeScale ${scale}: boots, delays and waits take ${scale} of what they say; machine-seconds and cost are given unscaled, so the work itself counts ${Number((1 / scale).toPrecision(3))}-fold in them`,
        ]),
    "simulated machines run their work on this machine's cores; real ones have their own",
    'cold p50 is from due to done, of jobs that waited for a machine to start, those of the warm-up too, where most machines start; other figures leave the warm-up out',
    ...(bodyOf(chosen) === 'shared'
      ? ['machines share a few processes: a job that ends its process takes the jobs of other machines there along']
      : []),
    ...(bodyOf(chosen) === 'shared' && chosen.lifetime !== 'never'
      ? [
          'a job whose machine dies goes on in the process that machines share, and may be done twice; body=process ends it',
        ]
      : []),
    ...(chosen.mode === 'fork'
      ? [FORKS]
      : ["a machine still warm at a trial's end is paid for until then, not until its wait is over"]),
  ];
}

const DEATHS =
  'machines die: a job that starts again counts as repeated, unless its scenario gives it several tries (-P keepwarm.attempts=3)';

const FORKS = 'fork mode has no limit: neither maxMachines nor the concurrency of workers holds machines back';

/**
 * What a fleet came to, in seconds of its own clock: as if `timeScale` were 1.
 * @param scale seconds of the trial that passed for each of them
 */
export function fleetTotals(totals: Totals, chosen: VmOptions, scale: number): Record<string, number> {
  const [paidS, parkedS] = [totals.paidMs / 1000, totals.parkedMs / 1000];
  const cost = paidS * chosen.price + parkedS * parkedPrice(chosen);
  return {
    jobs: totals.completed,
    cold_jobs: totals.cold,
    resumed_jobs: totals.resumed,
    dead_jobs: totals.dead,
    retries: totals.retried,
    machines: totals.machines,
    peak_machines: totals.peakMachines,
    boot_failures: totals.bootFailures,
    machine_deaths: totals.deaths,
    machine_crashes: totals.crashes,
    overruns: totals.overruns,
    overrun_seconds: totals.overrunMs / 1000,
    machine_seconds: paidS,
    parked_seconds: parkedS,
    cost_usd: cost,
    // What stands still is worth so many seconds of what runs: for comparing with machines that always do. Seconds of
    // the trial, in which their time is counted.
    billed_seconds: (chosen.price > 0 ? cost / chosen.price : paidS) * scale,
    provision_seconds: totals.provisionMs / 1000,
    boot_seconds: totals.bootMs / 1000,
    app_boot_seconds: totals.appBootMs / 1000,
    resume_seconds: totals.resumeMs / 1000,
    run_seconds: totals.runMs / 1000,
    linger_seconds: totals.lingerMs / 1000,
  };
}

/** Metrics of a trial, over all its fleets. What cannot be said is left out. */
export function measureFleet(timeline: Timeline): Record<string, number> {
  const total = (name: string) => timeline.observations.reduce((sum, { totals }) => sum + (totals[name] ?? 0), 0);
  const seconds = total('machine_seconds');
  const cold = timeline.observations.flatMap(({ spans, columns }) => [
    ...(spans.boot ?? []).map(([index]) => latency(timeline, index)),
    ...having(columns?.boot).map((index) => latency(timeline, index)),
  ]);
  const values = {
    cold_p50: median(cold.filter(Number.isFinite)),
    cold_share: total('cold_jobs') / total('jobs'),
    machine_seconds: seconds,
    cost_per_1k: (total('cost_usd') / total('jobs')) * 1000,
    crashes: total('machine_crashes'),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
}

/** Rows of a column that have a value. */
function having(column: Float64Array | undefined): number[] {
  const rows: number[] = [];
  column?.forEach((ms, row) => {
    if (!Number.isNaN(ms)) rows.push(row);
  });
  return rows;
}

function latency(timeline: Timeline, index: number): number {
  return (timeline.finished[index] ?? Number.NaN) - (timeline.due[index] ?? Number.NaN);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
