import { load } from '../../scripts/bench/setup.js';

const { medianInterval } = await load('stats/interval.js');
const { compact, threeDigits } = await load('report/numbers.js');

/** Numbers as the page writes them. */

export { compact, threeDigits };

/** `82.9k`, `1.42 ms`: the median of the rounds. */
export function middle(values, unit = 'jobs/s') {
  const { median } = medianInterval(values);
  return unit === 'jobs/s' ? compact(median) : `${threeDigits(median)} ${unit}`;
}

/** Ratios of pairs of one round, `ours / theirs`. */
export const paired = (ours, theirs) => ours.slice(0, theirs.length).map((value, round) => value / theirs[round]);

/** The median of ratios with its order-statistic interval: `6.1 (5.2 to 7.0)`; `-` where one is of nothing. */
export function ratioText(ratios) {
  if (!ratios.every(Number.isFinite)) return '-';
  const { median, low, high } = medianInterval(ratios);
  return `${threeDigits(median)} (${threeDigits(low)} to ${threeDigits(high)})`;
}

export const intervalOf = medianInterval;

/** Which interval it is: its coverage depends on the number of rounds alone. */
export function intervalName(rounds) {
  const { confidence } = medianInterval(Array.from({ length: rounds }, (_, k) => k));
  if (confidence === undefined) return `least to greatest of ${rounds} rounds (no interval: needs 6)`;
  return `order-statistic interval of ${(100 * confidence).toFixed(1)} %, ${rounds} rounds`;
}

/** A Markdown table. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.map((text) => String(text).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The numbers of a family with what each is called, its unit, and which direction is better. */
export const modesOf = ({ modes }) =>
  Object.entries(modes).map(([key, mode]) =>
    typeof mode === 'string' ? { key, label: mode, unit: 'jobs/s', better: 'higher' } : { key, ...mode },
  );
