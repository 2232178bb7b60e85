import { CLOCK_PAIR_MS } from '../core/clock.js';
import type { Ledger } from '../core/result.js';
import type { Timeline } from '../core/timeline.js';
import type { Traits } from '../core/traits.js';

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
    unsettled: 0,
  };
  const absorbed = absorption(timeline);
  let deduplicated = 0;
  let contradicted = 0;
  const inFlight = { lost: 0, repeated: 0 };
  const ahead = timeline.phases.map((phase) => scheduled(phase.name));
  for (let i = 0; i < timeline.size; i++) {
    const phase = timeline.phase[i] as number;
    if (phase === 255) continue;
    ledger.planned++;
    const accepted = !Number.isNaN(timeline.accepted[i] as number);
    const struck = timeline.struck[i] === 1;
    const completions = timeline.completions[i] as number;
    if (accepted) ledger.accepted++;
    else ledger.rejected++;
    if (completions > 0) ledger.completed++;
    else if (timeline.failed[i] === 1) ledger.failed++;
    else if (accepted && absorbed(i)) deduplicated++;
    else if (accepted) {
      ledger.lost++;
      if (struck) inFlight.lost++;
    }
    const again = attempts === 1 && (timeline.starts[i] as number) > 1;
    if (completions > 1 || again) {
      ledger.duplicated++;
      if (struck) inFlight.repeated++;
    } else if ((timeline.settlements[i] as number) > 1) ledger.resettled++;
    if (completions > 0 && timeline.failed[i] === 1 && !struck) contradicted++;
    if (completions > 0 && timeline.settlements[i] === 0 && !struck) ledger.unsettled++;
    if (ahead[phase] && (timeline.started[i] as number) < (timeline.due[i] as number) - CLOCK_PAIR_MS) ledger.early++;
  }
  const kills = timeline.strikes.filter(({ kind }) => kind === 'kill').length;
  const keyed = {
    ...ledger,
    ...(timeline.keys && { deduplicated }),
    ...(timeline.misnamed !== undefined && { misnamed: timeline.misnamed }),
    ...(contradicted > 0 && { contradicted }),
  };
  if (timeline.strikes.length === 0) return keyed;
  return { ...keyed, kills, lostInFlight: inFlight.lost, repeatedInFlight: inFlight.repeated };
}

/** Whether a job that never completed was meant not to: another one with its key has done what both are for. */
function absorption({ keys, size, completions }: Timeline): (index: number) => boolean {
  if (keys === undefined) return () => false;
  const done = new Set<number>();
  for (let i = 0; i < size; i++) if ((completions[i] as number) > 0) done.add(keys[i] as number);
  done.delete(-1);
  return (index) => done.has(keys[index] as number);
}

/** What an adapter promises of the jobs that were in the hands of a process which was struck. */
export type Promised = Pick<Traits, 'delivery' | 'claimsAhead'>;

/**
 * Sentences about what broke the promise of the adapter; none = the trial stands. The blast radius of a fault: at-most-once
 * may lose, and at-least-once may repeat, what was in flight in the struck process, and nothing else.
 */
export function violations(ledger: Ledger, promised: Promised): string[] {
  const of = ledger.accepted.toLocaleString('en-US');
  const found: string[] = [];
  const lost = ledger.lost - mayLose(ledger, promised);
  const repeated = ledger.duplicated - (promised.delivery === 'at-least-once' ? (ledger.repeatedInFlight ?? 0) : 0);
  const where = ledger.kills === undefined ? 'without a fault' : 'that no fault had touched';
  // A phase ends when as many outcomes were reported as jobs were accepted: told twice, it ends before all have run.
  const cut = (ledger.resettled ?? 0) > 0;
  if (lost > 0 && !cut) {
    found.push(`lost ${lost} of ${of} accepted jobs${ledger.kills === undefined ? '' : `, ${where}`}`);
  }
  if (repeated > 0) found.push(`repeated ${repeated} of ${of} jobs, ${where}`);
  if (ledger.misnamed !== undefined)
    found.push(`reported ${amount(ledger.misnamed, 'outcome')} with another word than ${WORDS}`);
  if (ledger.resettled !== undefined && ledger.resettled > 0)
    found.push(`reported the outcome of ${ledger.resettled} of ${of} jobs more than once`);
  if (lost > 0 && cut)
    found.push(`what became of ${lost} of ${of} jobs is not known: told so often, the trial may have ended too early`);
  if (isDenied(ledger)) found.push(`reported all jobs that completed as failed (${contradictionOf(ledger)})`);
  if (ledger.unsettled !== undefined && ledger.unsettled > 0)
    found.push(`never reported the outcome of ${ledger.unsettled} of ${of} jobs`);
  if (ledger.unexpected > 0) found.push(`executed ${amount(ledger.unexpected, 'job')} that nobody enqueued`);
  if (ledger.early > 0) found.push(`started ${ledger.early} of ${of} jobs before the time they were scheduled for`);
  if (ledger.rejected > 0)
    found.push(`refused ${ledger.rejected} of ${ledger.planned.toLocaleString('en-US')} enqueues`);
  return found;
}

/** `1 job`, `1,200 jobs` */
export function amount(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

const WORDS = 'completed, failed or retrying';

/** Whether the backend believes of each job that was done that it was not. */
export function isDenied({ contradicted = 0, completed }: Ledger): boolean {
  return contradicted > 0 && contradicted === completed;
}

/** `3 of 721`: jobs that completed, and that the backend believes to have failed. */
export function contradictionOf({ contradicted = 0, completed }: Ledger): string {
  return `${contradicted.toLocaleString('en-US')} of ${completed.toLocaleString('en-US')}`;
}

/** What a killed worker had claimed and not started is in flight too, though no witness of ours saw it. */
function mayLose({ lost, lostInFlight = 0, kills = 0 }: Ledger, { delivery, claimsAhead = 0 }: Promised): number {
  return delivery === 'at-most-once' ? Math.min(lost, lostInFlight + kills * claimsAhead) : 0;
}
