// The gate on this machine: identical code must not be called slower (R2), and a planted regression must be found (R3).
import { fileURLToPath } from 'node:url';
import { ab, BY_WORK, SHORT } from './ab.js';

const slower = fileURLToPath(new URL('./adapters/slower.js', import.meta.url));
const percent = (ratio) => `${(100 * ratio).toFixed(1)} %`;

/** What is measured against itself: memory with work of a known length, and real adapters with jobs that do nothing. */
const IDENTICAL = [
  { name: 'memory, jobs of 1 ms', args: ['--a', 'memory', '--aa-as-ab', ...BY_WORK, ...SHORT] },
  { name: 'threads', args: ['--a', 'threads', '--aa-as-ab', '--warmup', '300ms', '-P', 'duration=300ms'] },
  { name: 'sqlite', args: ['--a', 'sqlite', '--aa-as-ab', '--warmup', '300ms', '-P', 'duration=300ms'] },
];

/** R2. @returns a table, and whether identical code was never called slower */
export async function proveIdentical({ rounds = 3, say }) {
  const rows = [];
  for (const { name, args } of IDENTICAL) {
    const seen = { rows: 0, regression: 0, small: 0, improvement: 0, pass: 0, inconclusive: 0, sees: [] };
    for (let round = 0; round < rounds; round++) {
      say(`identical code: ${name}, round ${round + 1} of ${rounds}`);
      const { comparison } = await ab(twice(args));
      for (const row of comparison.rows.filter(({ samples }) => samples.gated)) {
        seen.rows++;
        seen[row.verdict]++;
        if (row.detectable !== undefined) seen.sees.push(row.detectable);
      }
    }
    rows.push({ name, ...seen });
  }
  const wrong = rows.reduce((sum, row) => sum + row.regression + row.small + row.improvement, 0);
  const head = [
    'identical code',
    'rows judged',
    'called worse',
    'called better',
    'pass',
    'inconclusive',
    'sees (median)',
  ];
  const line = (row) => [
    row.name,
    row.rows,
    row.regression + row.small,
    row.improvement,
    row.pass,
    row.inconclusive,
    row.sees.length === 0 ? '-' : percent(row.sees.sort((a, b) => a - b)[row.sees.length >> 1]),
  ];
  return { text: table(head, rows.map(line)), reached: wrong === 0 };
}

/** R3. @returns a table, and whether each planted regression was found */
export async function provePlanted({ planted = [5, 20], rounds = 3, say }) {
  const rows = [];
  for (const much of planted) {
    const seen = { found: 0, estimates: [] };
    for (let round = 0; round < rounds; round++) {
      say(`planted +${much} %, round ${round + 1} of ${rounds}`);
      const { code, comparison } = await ab(plantedArgs(much));
      if (code === 99) seen.found++;
      for (const { effect } of comparison.rows) if (effect) seen.estimates.push(effect.slowdown);
    }
    rows.push({ much, ...seen });
  }
  const line = ({ much, found, estimates }) => [
    `+${much} % of a job's time`,
    `${found} of ${rounds}`,
    `${percent(Math.min(...estimates))} to ${percent(Math.max(...estimates))}`,
  ];
  const text = table(['planted', 'found as a regression', 'estimated slowdown'], rows.map(line));
  return { text, reached: rows.every(({ found }) => found === rounds) };
}

export function plantedArgs(much, length = SHORT) {
  return ['--a', slower, '--b', `${slower}?percent=${much}`, '--blocks', '12', ...BY_WORK, ...length];
}

/** Both arms alike, judged like any other two. */
function twice(args) {
  const arm = args[args.indexOf('--a') + 1];
  return args.flatMap((arg) => (arg === '--aa-as-ab' ? ['--b', arm] : [arg]));
}

/** Only a large change is asked about, so that noise asks for no second look; a small one that is called real still shows. */
export function identicalArgs(length = SHORT) {
  return ['--a', 'memory', '--b', 'memory', '--blocks', '12', '--threshold', '25%', ...BY_WORK, ...length];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
