import type { Deliveries } from './layout.js';
import { seeded, seedFor, shuffled } from './random.js';

/**
 * Which event a producer's k-th job delivers. Known to whoever has the plan, so that keys never travel: deliveries come in
 * stretches of `shuffled`, in each of which some events stand twice, in an order that the seed decides.
 */
export function eventAt(
  { twice, shuffled: stretch }: Pick<Deliveries, 'twice' | 'shuffled'>,
  seed: number,
  ordinal: number,
): (k: number) => number {
  const events = stretch - Math.min(Math.floor(stretch / 2), Math.round((stretch * twice) / (1 + twice)));
  let at = -1;
  let order: readonly number[] = [];
  return (k) => {
    const stretchOfK = Math.floor(k / stretch);
    if (stretchOfK !== at) {
      at = stretchOfK;
      const random = seeded(seedFor(seed, 'deliveries', ordinal, at));
      const once = Array.from({ length: events }, (_, n) => n);
      order = shuffled([...once, ...shuffled(once, random).slice(0, stretch - events)], random);
    }
    return at * events + (order[k % stretch] as number); // as long as a stretch
  };
}
