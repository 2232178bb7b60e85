import type { Timeline } from '../../core/timeline.js';

/** A pause of the generator that is a smaller part of the slowest latencies than this explains none of them. */
const SHARE = 0.5;

/**
 * What a reader must know where the load generator could not run although it wanted to: the machine was away, and with
 * it, most likely, the backend.
 * @param role who sends: `load`, or `producer`
 * @param tailMs what the slow ones of the measured latencies took
 */
export function hiccupText(
  timeline: Timeline,
  phases: readonly string[],
  role: 'load' | 'producer',
  tailMs: number,
): string | undefined {
  const seen = timeline.usage.flatMap(({ process, phase, hiccups }) =>
    process.startsWith(role) && phases.includes(phase) && hiccups !== undefined ? [hiccups] : [],
  );
  const worstMs = Math.max(0, ...seen.map((one) => one.worstMs));
  if (worstMs < SHARE * tailMs || worstMs === 0) return undefined;
  const count = seen.reduce((sum, one) => sum + one.count, 0);
  const times = count === 1 ? 'once' : `${count} times`;
  return `the load generator could not run ${times} although it wanted to, for up to ${worstMs.toFixed(1)} ms: the machine's doing, and part of the slowest latencies`;
}
