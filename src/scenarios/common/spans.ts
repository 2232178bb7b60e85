import { phaseOf, type Timeline } from '../../core/timeline.js';

/** Differences between two marks of the jobs of a phase, in ms; NaN where either is missing. */
export function span(
  timeline: Timeline,
  phase: string,
  from: 'due' | 'called',
  to: 'called' | 'accepted' | 'started' | 'finished' | 'settled',
): Float64Array {
  const { indices } = phaseOf(timeline, phase);
  return Float64Array.from(indices, (i) => (timeline[to][i] as number) - (timeline[from][i] as number));
}

/** One mark of the jobs of a phase that have it, ascending. */
export function marks(
  timeline: Timeline,
  phase: string,
  mark: 'accepted' | 'settled' | 'finished' | 'due',
): Float64Array {
  const { indices } = phaseOf(timeline, phase);
  return Float64Array.from(indices, (i) => timeline[mark][i] as number)
    .filter((at) => !Number.isNaN(at))
    .sort();
}
