// How often the gate is wrong, and how often it is right, as Markdown tables. Seconds of arithmetic, no measuring:
//   npm run build && node scripts/prove/gate.js      (JOBBENCH_DIST names another compiled program than dist/)
// Exits 1 where a promise of the gate is not kept.
import { pathToFileURL } from 'node:url';
import { falseAlarms, OPERATING_POINTS, operatingPoint, sequential } from './rates.js';

const dist = process.env.JOBBENCH_DIST
  ? pathToFileURL(`${process.env.JOBBENCH_DIST}/`)
  : new URL('../../dist/', import.meta.url);
const load = (path) => import(new URL(path, dist).href);

/** Three digits after the point, as the design has them. */
const digits = (rate) => rate.toFixed(3).replace(/^0/, '');
const WITHIN = 0.02;

/** @returns the tables as text, and whether everything was reached */
export async function proveGate({ worlds = 3000, pointWorlds = 10_000, seed = 1 } = {}) {
  const [judging, { seeded }, ranks] = await Promise.all([
    load('compare/judge.js'),
    load('core/random.js'),
    load('stats/ranksum.js'),
  ]);
  const alarms = falseAlarms(judging, seeded, { worlds, seed });
  const usual = [10, 40].map((trials) => [
    trials,
    sequential(ranks, seeded, { pairSd: 0.03, trials, worlds: 1000, seed }),
  ]);
  const points = OPERATING_POINTS.map((design) => ({
    design,
    seen: operatingPoint(judging, seeded, { pairSd: design.pairSd, worlds: pointWorlds, seed }),
  }));
  const near = ({ design, seen }) =>
    Math.abs(seen.falseAlarms - design.falseAlarms) <= WITHIN && Math.abs(seen.found - design.found) <= WITHIN;
  const lines = [
    `Identical code in ${worlds.toLocaleString('en-US')} simulated worlds (drift, jumps, wild trials; three gated rows; seed ${seed}):`,
    '',
    '| comparison | calls identical code changed |',
    '|---|---|',
    `| \`ab\`: random pairs, exact test, two looks | ${digits(alarms)} |`,
    ...usual.map(
      ([trials, rate]) =>
        `| ${trials} runs of A, then ${trials} of B, p < 0.05 (one row, drift only) | ${digits(rate)} |`,
    ),
    '',
    `One gated row, threshold 5 %, ${pointWorlds.toLocaleString('en-US')} worlds each (in brackets: what the design promises):`,
    '',
    '| spread of a pair | identical code called worse | +5 % found as a regression | within 2 points |',
    '|---|---|---|---|',
    ...points.map((point) => {
      const { design, seen } = point;
      const cells = [`${design.pairSd * 100} %`, `${digits(seen.falseAlarms)} (${digits(design.falseAlarms)})`];
      return `| ${[...cells, `${digits(seen.found)} (${digits(design.found)})`, near(point) ? 'yes' : '**no**'].join(' | ')} |`;
    }),
  ];
  return { text: lines.join('\n'), reached: alarms <= 0.01 && points.every(near) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { text, reached } = await proveGate();
  console.log(text);
  process.exitCode = reached ? 0 : 1;
}
