import { intervalName, intervalOf, middle, modesOf, paired, ratioText, table } from './text.js';

/** A comparison of contenders as Markdown, from what bench/lib/family.js returned. */

/** Who took part with what promise and settings, what each did, and how ours compares to it. */
export function familyText(found) {
  if (found === undefined) return '_Not measured yet._';
  if (found.missing !== undefined) return `_Not measured: ${found.missing}._`;
  const parts = [whenText(found), whoTable(found), numbersTable(found), ratiosTable(found), aheadText(found)];
  return [...parts, triedText(found)].filter((text) => text !== '').join('\n\n');
}

export function whenText({ when }) {
  const { date, command, rounds, loads, commit } = when;
  const load = loads.map((one) => one.toFixed(1)).join(' to ');
  const build = commit === undefined ? '' : `, commit ${commit}`;
  return `\`${command}\`, ${date}, ${rounds} rounds, load average ${load}${build}.`;
}

function whoTable({ rows, when }) {
  const promise = ({ delivery, durability }) =>
    [delivery, durability].filter((word) => word !== 'none').join(', ') || '-';
  const whose = ({ package: name }) => (when.versions[name] ? `${name} ${when.versions[name]}` : name || '-');
  return table(
    ['contender', 'what it is', 'promise', 'settings'],
    rows.map((row) => [nameOf(row), whose(row), promise(row), row.settings]),
  );
}

const nameOf = ({ name, kind }) => (kind === 'ours' ? `**${name}**` : kind === 'limit' ? `_${name}_` : name);

function numbersTable(found) {
  const modes = modesOf(found);
  const cell = ({ missing, values }, { key, unit }) =>
    missing !== undefined || values[key] === undefined ? '-' : middle(values[key], unit);
  const heads = modes.map(({ label, unit }) => (unit === 'jobs/s' ? `${label}: jobs/s` : label));
  const rows = found.rows.map((row) => [nameOf(row), ...modes.map((mode) => cell(row, mode))]);
  const missing = found.rows
    .filter((row) => row.missing !== undefined)
    .map((row) => `${row.name} is not measured: ${row.missing}.`);
  const refused = found.rows.flatMap(({ name, refused = {} }) =>
    modes
      .filter(({ key }) => refused[key] !== undefined)
      .map(({ key, label }) => `${name}, ${label}: no number, because ${refused[key]}.`),
  );
  return [table(['median', ...heads], rows), ...missing, ...refused].join('\n\n');
}

function ratiosTable(found) {
  const { heads, rows } = ratiosOf(found);
  return rows.length === 0 ? '' : table(heads, rows);
}

/** Columns in which one may be better than another; the others tell of the circumstances. */
const comparedOf = (found) => modesOf(found).filter(({ better }) => better !== undefined);

/** The first row by each other, as `6.1 (5.2 to 7.0)`. @returns `{ heads, rows }`, no rows where the first was not measured */
export function ratiosOf(found) {
  const modes = comparedOf(found);
  const [first, ...others] = found.rows;
  if (first.missing !== undefined) return { heads: [], rows: [] };
  const measured = others.filter(({ missing }) => missing === undefined);
  const cell = (row, { key }) =>
    first.values[key] && row.values[key] ? ratioText(paired(first.values[key], row.values[key])) : '-';
  const heads = [`${first.name} / the other (${intervalName(found.when.rounds)})`, ...modes.map(({ label }) => label)];
  return { heads, rows: measured.map((row) => [nameOf(row), ...modes.map((mode) => cell(row, mode))]) };
}

/**
 * Where others are ahead of the first row: said of programs that people could use, and never left out. Only an interval that
 * excludes 1 puts one ahead; where a median alone does, they are about the same.
 */
function aheadText(family) {
  const [first, ...others] = family.rows;
  const peers = others.filter(({ kind, missing }) => kind === 'peer' && missing === undefined);
  if (first.missing !== undefined || peers.length === 0) return '';
  const found = peers.flatMap((peer) =>
    comparedOf(family)
      .filter(({ key }) => first.values[key] && peer.values[key])
      .map((mode) => ({ peer, ...mode, ratio: paired(first.values[mode.key], peer.values[mode.key]) }))
      .map((one) => ({ ...one, side: sideOf(one) })),
  );
  const lines = (wanted, words) =>
    found
      .filter(({ side }) => side === wanted)
      .map(
        ({ peer, label, ratio }) =>
          `- ${peer.name} is ${words} ${first.name} at “${label}”: ${ratioText(ratio)} of it.`,
      );
  const ahead = lines('ahead', 'ahead of');
  const none = `No peer is ahead of \`${first.name}\` in any column.`;
  const text = [ahead.length > 0 ? ahead.join('\n') : none, lines('open', 'about the same as').join('\n')];
  return text.filter((part) => part !== '').join(ahead.length > 0 ? '\n' : '\n\n');
}

/** @returns on which side of ours a peer is; open where it is ahead by the median alone */
function sideOf({ ratio, better }) {
  const { low, median, high } = intervalOf(ratio);
  const [worst, middle] = better === 'lower' ? [1 / low, 1 / median] : [high, median];
  if (middle >= 1) return 'behind';
  return worst < 1 ? 'ahead' : 'open';
}

function triedText({ tried }) {
  if (tried.length === 0) return '';
  const number = (rate) => (rate ? middle([rate]) : 'no number');
  const rates = ({ tried: all }) => all.map(({ settings, rate }) => `${settings} ${number(rate)}`).join(', ');
  const whose = ({ name, column }) => (column === undefined ? name : `${name}, ${column}`);
  const lines = tried.map((one) => `- ${whose(one)}: ${rates(one)}; taken: ${one.chosen}.`);
  const [{ tries }] = tried;
  const how = tries === undefined ? 'twice each' : `the best of ${tries} times each`;
  return [`Settings that were tried first, ${how}, jobs/s:`, lines.join('\n')].join('\n\n');
}
