import { parseDistribution } from '../core/distribution.js';
import { seeded, seedFor } from '../core/random.js';

/**
 * How long one job after the other takes, ms. The same seed draws the same lengths, whoever asks: a producer in real time, or a
 * simulation.
 * @param takes a distribution, as `uniform:1s:5s`
 * @throws Error when it is not a distribution, or one whose values stand in a file
 */
export function lengths(takes: string, seed: number): () => number {
  const distribution = parseDistribution(takes, () => {
    throw new Error('lengths of jobs are not read from a file; give a trace');
  });
  const random = seeded(seedFor(seed, 'lengths'));
  return () => distribution.quantile(random());
}
