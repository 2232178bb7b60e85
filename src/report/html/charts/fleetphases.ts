import type { Counts } from '../../../stats/counts.js';
import { medianInterval } from '../../../stats/interval.js';
import type { ReportCell } from '../model.js';
import { counted, spanNames, spanOf } from '../spans.js';
import { own } from './rows.js';

/** Parts of the time of a job on machines that start for it, in their order. */
export const JOB_PARTS = ['queue', 'provision', 'boot', 'app boot', 'resume', 'run', 'lost'] as const;
const SPANS = ['queue', 'provision', 'boot', 'appBoot', 'resume', 'run', 'lost'] as const;
const METRICS = ['queue', 'provision', 'boot', 'app_boot', 'resume', 'run', 'lost'] as const;

/** ms of each of `JOB_PARTS`; undefined where the cell knows of none. */
export function jobParts(reported: ReportCell): number[] | undefined {
  const { cell } = reported;
  if (cell.status !== 'ok') return undefined;
  const medians = METRICS.map((metric) => own(cell.summary, metric)?.median);
  // A scenario that follows single jobs has its own number for each part.
  if (medians[2] !== undefined && medians[5] !== undefined) return medians.map((value) => value ?? 0);
  // Where nobody waits for a job's end, the queue of a full backlog would say nothing but its length.
  if (!spanNames(cell).includes('total')) return undefined;
  const spans = SPANS.map((name) => spanOf(cell, `phase_${name}`));
  const jobs = Math.max(0, ...spans.map((span) => span?.samples ?? 0));
  return spans[5] === undefined || jobs === 0 ? undefined : spans.map((span) => sumOf(span) / jobs);
}

/** Jobs without a phase spent nothing in it, so the parts of a mean job add up to its whole. */
function sumOf(counts: Counts | undefined): number {
  if (counts === undefined) return 0;
  return counts.values.reduce((sum, ms, at) => sum + ms * ((counts.upTo[at] ?? 0) - (counts.upTo[at - 1] ?? 0)), 0);
}

/** What machines are paid for, in their order. */
export const MACHINE_PARTS = ['provision', 'boot', 'app boot', 'run', 'lingering'] as const;
const TOTALS = ['provision_seconds', 'boot_seconds', 'app_boot_seconds', 'run_seconds', 'linger_seconds'] as const;

/** Seconds of each of `MACHINE_PARTS` for 1,000 jobs, medians of the trials; undefined where none were counted. */
export function machineParts({ cell }: ReportCell): number[] | undefined {
  const trials = counted(cell).filter(({ observed }) => (own(observed, 'jobs') ?? 0) > 0);
  if (cell.status !== 'ok' || trials.length === 0) return undefined;
  const per1k = TOTALS.map((name) =>
    trials.map(({ observed }) => ((own(observed, name) ?? 0) * 1000) / (own(observed, 'jobs') ?? 1)),
  );
  const parts = per1k.map((values) => medianInterval(values).median);
  return parts.some((value) => value > 0) ? parts : undefined;
}
