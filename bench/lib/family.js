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
 * Gives contenders the settings that are best for them in each column.
 * @param candidates `[contender, { column: { text: changes of its run } }]`; a contender that is missing stays as it is
 * @param rates column -> a contender -> the number that decides
 * @returns `{ contenders, tried }`; what each column runs with is told by `at`
 */
export async function atTheirBest(candidates, rates, { say }) {
  const contenders = [];
  const tried = [];
  for (const [contender, columns] of candidates) {
    if (contender.missing !== undefined) {
      contenders.push(contender);
      continue;
    }
    const chosen = {};
    const runs = {};
    for (const [column, variants] of Object.entries(columns)) {
      const as = (text) => ({ ...contender, run: { ...contender.run, ...variants[text] } });
      const arms = Object.fromEntries(Object.keys(variants).map((text) => [text, () => rates[column](as(text))]));
      const found = await best(arms, (what) => say(`settings of ${contender.name}, ${column}: ${what}`));
      chosen[column] = found.chosen;
      runs[column] = as(found.chosen).run;
      if (found.tried.length > 0) tried.push({ name: contender.name, column, ...found });
    }
    contenders.push({ ...contender, run: { ...contender.run, columns: runs }, settings: written(chosen) });
  }
  return { contenders, tried };
}

/** A contender as it was found to be best in a column. */
export const at = (contender, column) => ({ ...contender, run: contender.run.columns?.[column] ?? contender.run });

/** `no wait`, or where columns differ `enqueue: no id; drain, together: batches of 1,000`. */
function written(chosen) {
  const columns = Object.keys(chosen);
  const texts = [...new Set(Object.values(chosen))];
  if (texts.length === 1) return texts[0];
  const of = (text) => columns.filter((column) => chosen[column] === text).join(', ');
  return texts.map((text) => `${of(text)}: ${text}`).join('; ');
}

/** Changes of a run that only differ in the number of jobs at once. */
export const concurrencies = (...numbers) =>
  Object.fromEntries(numbers.map((concurrency) => [`concurrency ${concurrency}`, { concurrency }]));

/** Changes of a run that only differ in options. */
export const optionsOf = (variants) =>
  Object.fromEntries(Object.entries(variants).map(([text, options]) => [text, { options }]));
