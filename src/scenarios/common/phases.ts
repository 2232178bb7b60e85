import type { Timeline } from '../../core/timeline.js';

/** What a machine does for a job, as the adapter that starts machines saw it. */
export type PhaseName = 'queue' | 'provision' | 'boot' | 'appBoot' | 'resume' | 'run' | 'lost' | 'linger';

/** ms that a job spent in a phase; undefined where it had none, or its adapter knows of no phases. */
export function phaseMs(timeline: Timeline, phase: PhaseName, index: number): number | undefined {
  for (const { spans, columns } of timeline.observations) {
    const cell = columns?.[phase]?.[index];
    if (cell !== undefined && !Number.isNaN(cell)) return cell;
    const pair = spans[phase]?.find(([row]) => row === index);
    if (pair !== undefined) return pair[1];
  }
  return undefined;
}

/** Whether the adapter of this trial has told where the time of its jobs went. */
export function knowsPhases(timeline: Timeline): boolean {
  return timeline.observations.some(({ spans, columns }) => columns?.run !== undefined || spans.run !== undefined);
}

/** A total that adapters counted of themselves, over all their sessions; undefined where none did. */
export function observedTotal(timeline: Timeline, name: string): number | undefined {
  const found = timeline.observations.flatMap(({ totals }) => (totals[name] === undefined ? [] : [totals[name]]));
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0);
}
