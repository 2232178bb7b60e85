import { best, inTurns } from './turns.js';

/**
 * Contenders that do the same thing, measured in turns.
 * @param modes key of a measured number -> what the page calls it; the unit is jobs/s
 * @param measure a contender -> an object of numbers with (some of) these keys
 * @returns plain data for the page: a row for each contender, those that are missing with their reason
 */
export async function family({ key, title, modes, contenders, measure, tried = [] }, { rounds, say }) {
  const arms = contenders.filter(({ missing }) => missing === undefined);
  const seen = await inTurns(
    rounds,
    Object.fromEntries(arms.map((contender) => [contender.name, () => measure(contender)])),
    (what) => say(`${key}: ${what}`),
  );
  const rows = contenders.map(({ run: _, ...about }) => ({ ...about, ...seen[about.name] }));
  return { key, title, modes, rows, tried };
}

/**
 * Gives contenders the settings that are best for them here.
 * @param candidates `[contender, { text: changes of its run }]`; a contender that is missing stays as it is
 * @param rate a contender -> the number that decides
 */
export async function atTheirBest(candidates, rate, { say }) {
  const contenders = [];
  const tried = [];
  for (const [contender, variants] of candidates) {
    if (contender.missing !== undefined) {
      contenders.push(contender);
      continue;
    }
    const as = (changes) => ({ ...contender, run: { ...contender.run, ...changes } });
    const arms = Object.fromEntries(Object.entries(variants).map(([text, changes]) => [text, () => rate(as(changes))]));
    const found = await best(arms, (what) => say(`settings of ${contender.name}: ${what}`));
    contenders.push({ ...as(variants[found.chosen]), settings: found.chosen });
    if (found.tried.length > 0) tried.push({ name: contender.name, ...found });
  }
  return { contenders, tried };
}

/** Changes of a run that only differ in the number of jobs at once. */
export const concurrencies = (...numbers) =>
  Object.fromEntries(numbers.map((concurrency) => [`concurrency ${concurrency}`, { concurrency }]));

/** Changes of a run that only differ in options. */
export const optionsOf = (variants) =>
  Object.fromEntries(Object.entries(variants).map(([text, options]) => [text, { options }]));
