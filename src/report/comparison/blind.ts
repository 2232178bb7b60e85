import type { Comparison, Judged } from '../../core/comparison.js';

/** Fewer have no interval of 99 %, and so no verdict. */
export const FEWEST_TRIALS = { interleaved: 8, apart: 5 };

/**
 * One sentence for a comparison none of whose rows has trials enough to conclude anything; undefined where one has.
 * What a side lacks is another matter, and is said by its row.
 */
export function blindText({ rows }: Comparison): string | undefined {
  const measured = rows.filter(({ samples }) => trialsOf(samples) > 0);
  if (measured.length === 0 || !measured.every(isBlind)) return undefined;
  const counts = measured.map(({ samples }) => trialsOf(samples));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const trials = least === most ? `${most}` : `${least} ${most === least + 1 ? 'or' : 'to'} ${most}`;
  const fewest = Math.max(...measured.map(({ samples }) => FEWEST_TRIALS[samples.pairing]));
  return `${trials} ${most === 1 ? 'trial' : 'trials'} a side cannot conclude anything: it takes ${fewest}, better 12, as of --trials 12`;
}

/** Too few values for an interval, whatever they are. */
export function isBlind({ samples, verdict, effect }: Judged): boolean {
  return verdict === 'inconclusive' && effect === undefined && trialsOf(samples) < FEWEST_TRIALS[samples.pairing];
}

function trialsOf({ base, head }: Judged['samples']): number {
  return Math.min(base.length, head.length);
}
