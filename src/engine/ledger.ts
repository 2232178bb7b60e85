import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { Ledger } from '../core/result.js';
import type { Timeline } from '../core/timeline.js';

/**
 * What became of every job of a trial. Counted from the event logs; the backend is never its own witness.
 * @param attempts tries that a job may have; with one, a job that was started again was repeated, completed or not
 */
export function ledgerOf(timeline: Timeline, scheduled: (phase: string) => boolean, attempts = 1): Ledger {
  const ledger = {
    planned: 0,
    accepted: 0,
    rejected: 0,
    completed: 0,
    lost: 0,
    duplicated: 0,
    unexpected: timeline.unexpected,
    early: 0,
    failed: 0,
    resettled: 0,
  };
  const ahead = timeline.phases.map((phase) => scheduled(phase.name));
  for (let i = 0; i < timeline.size; i++) {
    const phase = timeline.phase[i] as number;
    if (phase === 255) continue;
    ledger.planned++;
    const accepted = !Number.isNaN(timeline.accepted[i] as number);
    const completions = timeline.completions[i] as number;
    if (accepted) ledger.accepted++;
    else ledger.rejected++;
    if (completions > 0) ledger.completed++;
    else if (timeline.failed[i] === 1) ledger.failed++;
    else if (accepted) ledger.lost++;
    const again = attempts === 1 && (timeline.starts[i] as number) > 1;
    if (completions > 1 || again) ledger.duplicated++;
    else if ((timeline.settlements[i] as number) > 1) ledger.resettled++;
    if (ahead[phase] && (timeline.started[i] as number) < (timeline.due[i] as number) - CLOCK_PAIR_MS) ledger.early++;
  }
  return ledger;
}

/** Sentences about what broke the promise of the adapter; none = the trial stands. */
export function violations(ledger: Ledger): string[] {
  const of = ledger.accepted.toLocaleString('en-US');
  const found: string[] = [];
  if (ledger.lost > 0) found.push(`lost ${ledger.lost} of ${of} accepted jobs`);
  if (ledger.duplicated > 0) found.push(`repeated ${ledger.duplicated} of ${of} jobs, without a fault`);
  if (ledger.resettled !== undefined && ledger.resettled > 0)
    found.push(`reported the outcome of ${ledger.resettled} of ${of} jobs more than once`);
  if (ledger.unexpected > 0) found.push(`executed ${ledger.unexpected} jobs that nobody enqueued`);
  if (ledger.early > 0) found.push(`started ${ledger.early} of ${of} jobs before the time they were scheduled for`);
  if (ledger.rejected > 0)
    found.push(`refused ${ledger.rejected} of ${ledger.planned.toLocaleString('en-US')} enqueues`);
  return found;
}
