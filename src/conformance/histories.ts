import { codeOf } from '../core/errors.js';
import { seedFor } from '../core/random.js';
import { type Case, type Context, type Found, thrown } from './case.js';
import { tooLate } from './crash.js';
import { play } from './playing.js';
import { type Command, fewest, historyOf, told } from './steps.js';

/** So long steps are left out of a history that broke a promise, to see which of them are needed. */
const SHORTEN_MS = 3_000;

/** Steps that nobody thought of, one after another; each history can be had again by its seed. */
export const randomHistories: Case = {
  name: 'random histories of enqueues, failures, stops, kills and freezes break no promise',
  about: 'delivery',
  waits: true,
  applies: () => true,
  async run(context) {
    const late = context.traits.topology === 'shared' ? tooLate(context) : undefined;
    if (late !== undefined) return late;
    const violations: string[] = [];
    let code: string | undefined;
    let [played, jobs, lost, repeated] = [0, 0, 0, 0];
    const rounds = roundsOf(context);
    while (played < rounds && violations.length === 0) {
      // The first is the one of the seed itself, so that any other can be the first of another run.
      const seed = played === 0 ? context.seed : seedFor(context.seed, 'round', played);
      const { violations: broken, figures = {}, ...rest } = await judged(context, seed);
      played++;
      code ??= rest.code;
      violations.push(...broken.map((text) => `history ${played} of ${rounds}, the first of --seed ${seed}: ${text}`));
      jobs += figures.accepted ?? 0;
      lost += figures.lost ?? 0;
      repeated += figures.repeated ?? 0;
    }
    const facts = [
      `${played} ${played === 1 ? 'history' : 'histories'} of ${jobs.toLocaleString('en-US')} jobs: lost ${lost}; repeated ${repeated}`,
    ];
    return { violations, facts, ...(code !== undefined && { code }) };
  },
};

/** Where leases are long a history takes as long: then there are few. */
function roundsOf({ level = 'quick', traits }: Context): number {
  if (traits.topology === 'embedded') return level === 'full' ? 60 : 8;
  const slow = (traits.recoveryMs ?? 0) > 5_000;
  if (level === 'full') return slow ? 3 : 30;
  return slow ? 1 : 3;
}

export function playHistory(context: Context, seed: number): Promise<Found> {
  return play(context, historyOf(seed, context.traits));
}

/** A history, and where it breaks a promise the few steps of it that still do. */
async function judged(context: Context, seed: number): Promise<Found> {
  const commands = historyOf(seed, context.traits);
  const found = await tried(context, commands);
  if (found.violations.length === 0) return found;
  const until = performance.now() + SHORTEN_MS;
  let said = found.violations[0];
  const breaks = async (fewer: readonly Command[]) => {
    const { violations } = await tried(context, fewer);
    said = violations[0] ?? said;
    return violations.length > 0;
  };
  const few = await fewest(commands, breaks, () => performance.now() < until);
  const already = `already with ${few.length} of its ${commands.length} steps, ${told(few)}: ${said}`;
  return few.length < commands.length ? { ...found, violations: [...found.violations, already] } : found;
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
