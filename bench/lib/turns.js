import { median } from '../../scripts/bench/numbers.js';

/**
 * Measures every arm once a round, in an order that moves on by one each time, so that no arm always follows the same other.
 * One that fails is left out from then on, with the reason.
 * @param arms name -> a function that resolves to an object of numbers
 * @returns name -> `{ values: { key: a value per round } }`, or `{ missing: reason }`
 */
export async function inTurns(rounds, arms, say) {
  const names = Object.keys(arms);
  const seen = Object.fromEntries(names.map((name) => [name, { values: {} }]));
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < names.length; k++) {
      const name = names[(k + round) % names.length];
      if (seen[name].missing !== undefined) continue;
      say(`${name}, round ${round + 1} of ${rounds}`);
      try {
        add(seen[name].values, await arms[name]());
      } catch (error) {
        seen[name] = { missing: firstLine(error) };
        say(`${name} is left out: ${error.stack}`);
      }
    }
  }
  return seen;
}

/**
 * The best of several settings: each is measured twice, and the better median is taken.
 * @param settings text -> an arm that resolves to one number
 */
export async function best(settings, say) {
  const arms = Object.entries(settings).map(([text, arm]) => [text, async () => ({ rate: await arm() })]);
  const seen = await inTurns(arms.length > 1 ? 2 : 0, Object.fromEntries(arms), say);
  const tried = arms.map(([text]) => ({
    settings: text,
    rate: seen[text].values?.rate?.length ? median(seen[text].values.rate) : 0,
  }));
  const [first] = [...tried].sort((a, b) => b.rate - a.rate);
  return { chosen: first.settings, tried: arms.length > 1 ? tried : [] };
}

function add(values, numbers) {
  for (const [key, value] of Object.entries(numbers)) {
    values[key] ??= [];
    values[key].push(value);
  }
}

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];
