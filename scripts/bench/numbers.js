/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2;
}

export function spread(values) {
  return { low: Math.min(...values), middle: median(values), high: Math.max(...values) };
}

/** Ratios of pairs that were measured one right after the other, so that a slow minute of the machine hits both. */
export function ratios(ours, theirs) {
  return spread(ours.map((value, round) => value / theirs[round]));
}

/** Three digits, thousands separated. */
export function digits(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** `0.97 (0.95 to 1.01)` */
export function rangeText({ low, middle, high }, text = (value) => value.toFixed(2)) {
  return `${text(middle)} (${text(low)} to ${text(high)})`;
}

/** `abcd`, `badc`, `cdab`, `dcba`: who begins moves on, and every second round goes backwards. */
export function orderOf(names, round) {
  const { length } = names;
  const step = round % 2 === 0 ? 1 : length - 1;
  return names.map((_, k) => names[(round + k * step) % length]);
}

/**
 * Measures all arms once per round, in an order that changes (`orderOf`). Every measurement starts processes of its own.
 * @param arms name -> a function that resolves to an object of numbers
 * @returns name -> key -> a value per round
 */
export async function interleave(rounds, arms, say) {
  const seen = Object.fromEntries(Object.keys(arms).map((name) => [name, {}]));
  for (let round = 0; round < rounds; round++) {
    for (const name of orderOf(Object.keys(arms), round)) {
      say(`${name}, round ${round + 1} of ${rounds}`);
      for (const [key, value] of Object.entries(await arms[name]())) {
        seen[name][key] ??= [];
        seen[name][key].push(value);
      }
    }
  }
  return seen;
}

/** A row that compares two arms by one key. `target` is the least ratio that counts as reached. */
export function versus(what, [ourName, ours], [theirName, theirs], { target, unit = 'jobs/s' } = {}) {
  const ratio = ratios(ours, theirs);
  return {
    what,
    ours: `${ourName}: ${digits(median(ours))} ${unit}`,
    against: `${theirName}: ${digits(median(theirs))} ${unit}`,
    ratio: rangeText(ratio),
    target: target === undefined ? '' : `>= ${target}`,
    verdict: target === undefined ? '' : reached(ratio.middle >= target),
    ratios: ours.map((value, round) => value / theirs[round]),
  };
}

export const reached = (yes) => (yes ? 'reached' : '**not reached**');

/** A part that could not be measured says why, in the table. */
export const skipped = (what, reason) => ({
  what,
  ours: 'skipped',
  against: reason,
  ratio: '',
  target: '',
  verdict: '',
});
