import type { MetricInfo } from '../core/metric.js';
import type { Observation } from '../core/observation.js';
import type { Timeline } from '../core/timeline.js';
import { bodyOf, type VmOptions } from './options.js';
import type { Phases, Totals } from './types.js';

export const FLEET_METRICS: Readonly<Record<string, MetricInfo>> = {
  cold_p50: { label: 'cold p50', unit: 'ms', better: 'lower' },
  cold_share: { label: 'cold jobs', unit: 'ratio', better: 'lower' },
  machine_seconds: { label: 'machine time', unit: 's', better: 'lower' },
  cost_per_1k: { label: 'cost of 1,000 jobs', unit: 'usd', better: 'lower' },
};

const SPANS = ['queue', 'provision', 'boot', 'appBoot', 'run', 'lost'] as const;
/** Only for jobs that waited for a machine to start: whoever has a `boot` was cold. */
const COLD_SPANS: readonly string[] = ['provision', 'boot', 'appBoot'];

/** Keeps the phases of jobs as bare numbers until somebody asks. */
export interface PhaseBook {
  add(index: number, phases: Readonly<Phases>): void;
  /** @param scale milliseconds that passed for each millisecond of the fleet */
  spans(scale: number): Observation['spans'];
  /** How long the machine of a job lingered after it. */
  lingered(index: number, ms: number): void;
}

export function phaseBook(): PhaseBook {
  const indices: number[] = [];
  const rows: number[] = [];
  const cold: boolean[] = [];
  const linger: [number, number][] = [];
  return {
    lingered: (index, ms) => void linger.push([index, ms]),
    add(index, phases) {
      indices.push(index);
      cold.push(phases.cold);
      for (const span of SPANS) rows.push(phases[span]);
    },
    spans(scale) {
      const spans: Record<string, [number, number][]> = {};
      SPANS.forEach((span, column) => {
        const list: [number, number][] = [];
        indices.forEach((index, row) => {
          const ms = rows[row * SPANS.length + column] ?? Number.NaN;
          if (span === 'lost' ? ms === 0 : COLD_SPANS.includes(span) && !cold[row]) return;
          list.push([index, Math.round(ms * scale * 1000) / 1000]);
        });
        spans[span] = list;
      });
      spans.linger = linger.map(([index, ms]) => [index, Math.round(ms * scale * 1000) / 1000]);
      return spans;
    },
  };
}

/** The phases of very many jobs, as columns: row = job, NaN = it did not have that phase. */
export interface PhaseColumns {
  readonly columns: Readonly<Record<string, Float64Array>>;
  add(index: number, phases: Readonly<Phases>): void;
  lingered(index: number, ms: number): void;
}

export function phaseColumns(size: number): PhaseColumns {
  const blank = () => new Float64Array(size).fill(Number.NaN);
  const linger = blank();
  const columns = Object.fromEntries(SPANS.map((span) => [span, blank()]));
  return {
    columns: { ...columns, linger },
    add(index, phases) {
      for (const span of SPANS) {
        if (COLD_SPANS.includes(span) ? !phases.cold : span === 'lost' && phases.lost === 0) continue;
        (columns[span] as Float64Array)[index] = phases[span]; // one for each of SPANS
      }
    },
    lingered(index, ms) {
      linger[index] = ms;
    },
  };
}

/** Sentences that must stand beside its numbers. */
export function fleetNotes(chosen: VmOptions, time: 'real' | 'virtual'): string[] {
  const scale = chosen.timeScale;
  if (time === 'virtual') return chosen.mode === 'fork' ? [FORKS] : [];
  return [
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
    ...(chosen.mode === 'fork'
      ? [FORKS]
      : ["a machine still warm at a trial's end is paid for until then, not until its wait is over"]),
  ];
}

const FORKS = 'fork mode has no limit: neither maxMachines nor the concurrency of workers holds machines back';

/** What a fleet came to, in seconds of its own clock: as if `timeScale` were 1. */
export function fleetTotals(totals: Totals): Record<string, number> {
  return {
    jobs: totals.completed,
    cold_jobs: totals.cold,
    dead_jobs: totals.dead,
    retries: totals.retried,
    machines: totals.machines,
    peak_machines: totals.peakMachines,
    boot_failures: totals.bootFailures,
    machine_deaths: totals.deaths,
    overruns: totals.overruns,
    overrun_seconds: totals.overrunMs / 1000,
    machine_seconds: totals.paidMs / 1000,
    provision_seconds: totals.provisionMs / 1000,
    boot_seconds: totals.bootMs / 1000,
    app_boot_seconds: totals.appBootMs / 1000,
    run_seconds: totals.runMs / 1000,
    linger_seconds: totals.lingerMs / 1000,
  };
}

/** Metrics of a trial, over all its fleets. What cannot be said is left out. */
export function measureFleet(timeline: Timeline, price: number): Record<string, number> {
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
    cost_per_1k: ((seconds * price) / total('jobs')) * 1000,
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
