import { orderOf } from '../../scripts/bench/numbers.js';

/**
 * Measures every arm once a round. The order begins one later each time and turns around, so that no arm always comes first, or
 * always follows the same other: what that leaves behind, writes of the disk above all, is no part of it.
 * One that fails is left out from then on, with the reason.
 * @param arms name -> a function that resolves to an object of numbers
 * @returns name -> `{ values: { key: a value per round }, refused: { key: reason } }`, or `{ missing: reason }`
 */
export async function inTurns(rounds, arms, say) {
  const names = Object.keys(arms);
  const seen = Object.fromEntries(names.map((name) => [name, { values: {} }]));
  for (let round = 0; round < rounds; round++) {
    for (const name of orderOf(names, round)) {
      if (seen[name].missing !== undefined) continue;
      say(`${name}, round ${round + 1} of ${rounds}`);
      try {
        add(seen[name], await arms[name]());
      } catch (error) {
        seen[name] = { missing: firstLine(error) };
        say(`${name} is left out: ${error.stack}`);
      }
    }
  }
  return seen;
}

/** As often as a setting is tried: whatever else runs on the machine only ever takes something away, so its best time counts. */
const TRIES = 3;

/**
 * The best of several settings: each is measured three times, and the one that reached most is taken.
 * @param settings text -> an arm that resolves to one number
 * @returns `{ chosen, tries, tried: [{ settings, rate }] }`; one that failed has no rate, and where there is one setting none is tried
 */
export async function best(settings, say) {
  const arms = Object.entries(settings).map(([text, arm]) => [text, async () => ({ rate: await arm() })]);
  const seen = await inTurns(arms.length > 1 ? TRIES : 0, Object.fromEntries(arms), say);
  const tried = arms.map(([text]) => ({
    settings: text,
    ...(seen[text].values?.rate?.length && { rate: Math.max(...seen[text].values.rate) }),
  }));
  const [first] = [...tried].sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0));
  return { chosen: first.settings, tries: TRIES, tried: arms.length > 1 ? tried : [] };
}

/** A text in place of a number says why there is none: the other rounds count for nothing then. */
function add(found, numbers) {
  for (const [key, value] of Object.entries(numbers)) {
    if (typeof value === 'string') {
      found.refused = { ...found.refused, [key]: value };
      delete found.values[key];
    } else if (found.refused?.[key] === undefined) {
      found.values[key] ??= [];
      found.values[key].push(value);
    }
  }
}

/**
 * Lets one number of a contender fail without the others, and asks for it no more once it did.
 * @returns `(key, act) => number or reason`
 */
export function attempts() {
  const failed = new Map();
  return async (key, act) => {
    try {
      return failed.get(key) ?? (await act());
    } catch (error) {
      failed.set(key, firstLine(error));
      return failed.get(key);
    }
  };
}

/** Without the call and the class that a child's answer names first. */
const firstLine = (error) =>
  String(error?.message ?? error)
    .split('\n')[0]
    .replace(/^\w+: \w*Error: /, '');
