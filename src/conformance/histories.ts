import { codeOf } from '../core/errors.js';
import { seedFor } from '../core/random.js';
import { type Case, type Context, type Found, thrown } from './case.js';
import { tooLate } from './crash.js';
import { isFlawless, saidOf, settleMiscounts } from './found.js';
import { play } from './playing.js';
import { type Command, fewest, historyOf, told } from './steps.js';
import { ifStruck } from './struck.js';

/** So long steps are left out of a history that broke a promise, to see which of them are needed. */
const SHORTEN_MS = 3_000;

/** Steps that nobody thought of, one after another; each history can be had again by its seed. */
export const randomHistories: Case = {
  name: 'random histories of enqueues, failures and stops, and of kills and freezes where workers are processes, break no promise',
  about: 'delivery',
  waits: 'for leases',
  applies: () => true,
  async run(context) {
    const late = context.traits.topology === 'shared' ? tooLate(context) : undefined;
    if (late !== undefined) return late;
    const wrong: Found[] = [];
    let [played, jobs, faults, struck, lost, repeated] = [0, 0, 0, 0, 0, 0];
    const rounds = roundsOf(context);
    while (played < rounds && wrong.length === 0) {
      const seeds = Array.from({ length: Math.min(atOnce(context), rounds - played) }, (_, n) =>
        roundSeed(context, played + n),
      );
      for (const [n, first] of (await allTried(context, seeds)).entries()) {
        const seed = seeds[n] ?? context.seed;
        const { facts: _, figures = {}, ...found } = await judged(context, seed, first);
        played++;
        const words = `history ${played} of ${rounds}, the first of --seed ${seed}`;
        jobs += figures.accepted ?? 0;
        faults += figures.faults ?? 0;
        struck += figures.struck ?? 0;
        lost += figures.lost ?? 0;
        repeated += figures.repeated ?? 0;
        if (isFlawless(found)) continue;
        wrong.push(saidOf(words, found));
        break;
      }
    }
    const harmed = context.traits.topology === 'shared';
    const strikes = harmed ? `, of which ${faults} kills and freezes struck ${struck}` : '';
    const facts = [
      `${played} ${played === 1 ? 'history' : 'histories'} of ${jobs.toLocaleString('en-US')} jobs${strikes}: lost ${lost}; repeated ${repeated}`,
    ];
    const found = { violations: [], ...wrong[0], facts, figures: { accepted: jobs, faults, struck, lost, repeated } };
    return harmed ? ifStruck(found) : found;
  },
};

/** The first is the one of the seed itself, so that any other can be the first of another run. */
function roundSeed({ seed }: Context, round: number): number {
  return round === 0 ? seed : seedFor(seed, 'round', round);
}

/** Where machines boot for each history they are what it waits for. */
function atOnce({ traits }: Context): number {
  return traits.topology === 'embedded' && traits.executes === 'process' ? 4 : 1;
}

/** All of them have ended when it rejects. */
async function allTried(context: Context, seeds: readonly number[]): Promise<Found[]> {
  const each = seeds.map((seed) => tried(context, historyOf(seed, context.traits)));
  await Promise.allSettled(each);
  return Promise.all(each);
}

/** Where leases are long a history takes as long: then there are few. */
function roundsOf({ level = 'quick', traits }: Context): number {
  if (traits.topology === 'embedded') return level === 'full' ? 60 : 8;
  const slow = (traits.recoveryMs ?? 0) > 5_000;
  if (level === 'full') return slow ? 3 : 30;
  return slow ? 1 : 3;
}

export async function playHistory(context: Context, seed: number): Promise<Found> {
  return settleMiscounts(await play(context, historyOf(seed, context.traits)), new Set());
}

/** A history as it was found, and where it breaks a promise the few steps of it that still do. */
async function judged(context: Context, seed: number, found: Found): Promise<Found> {
  const commands = historyOf(seed, context.traits);
  if (isFlawless(found)) return found;
  const until = performance.now() + SHORTEN_MS;
  let shortest = found;
  const breaks = async (fewer: readonly Command[]) => {
    const again = await tried(context, fewer);
    if (!isFlawless(again)) shortest = again;
    return !isFlawless(again);
  };
  const few = await fewest(commands, breaks, () => performance.now() < until);
  if (few.length === commands.length) return found;
  const already = saidOf(`already with ${few.length} of its ${commands.length} steps, ${told(few)}`, shortest);
  const { violations, miscounts } = firstOf(already);
  return {
    ...found,
    violations: [...found.violations, ...violations],
    miscounts: [...(found.miscounts ?? []), ...miscounts],
  };
}

/** One sentence is enough of it: a violation where there is one. */
function firstOf({ violations, miscounts = [] }: Found): Required<Pick<Found, 'violations' | 'miscounts'>> {
  const few = violations.slice(0, 1);
  return { violations: few, miscounts: few.length > 0 ? [] : miscounts.slice(0, 1) };
}

/** What an adapter throws on the way belongs to this history. @throws JobbenchError ABORTED when the signal fires */
async function tried(context: Context, commands: readonly Command[]): Promise<Found> {
  try {
    return await play(context, commands);
  } catch (error) {
    if (codeOf(error) === 'ABORTED' || context.signal.aborted) throw error;
    return thrown(error);
  }
}
