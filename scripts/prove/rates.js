// How often the judge of `ab` says what, over simulated worlds. Takes the judge as an argument, so that a test can
// pass the source and a script the compiled program.
import { BLOCKS, identical, oneAfterTheOther, pairs } from './worlds.js';

/** measurement.md, "Comparing", 5: share of identical code called worse, and of +5 % called a regression. */
export const OPERATING_POINTS = [
  { pairSd: 0.02, falseAlarms: 0.0, found: 0.989 },
  { pairSd: 0.03, falseAlarms: 0.0, found: 0.974 },
  { pairSd: 0.05, falseAlarms: 0.002, found: 0.913 },
];

const FIRST_LOOK = BLOCKS / 2;
const THRESHOLDS = [0.05, 0.1, 0.25];

/** The rows' verdicts as `ab` would reach them: 12 blocks, and 24 only where those cannot tell. */
export function twoLooks({ judge, needsSecondLook }, rows) {
  const upTo = (blocks) =>
    rows.map((row) => ({ ...row, base: row.base.slice(0, blocks), head: row.head.slice(0, blocks) }));
  const first = judge(upTo(FIRST_LOOK), 1);
  return needsSecondLook(first) ? judge(upTo(BLOCKS), 2) : first;
}

/** R1: worlds in which nothing changed, of which some row was called worse or better: both are wrong. */
export function falseAlarms(judging, seeded, { worlds, seed }) {
  return share(worlds, (world) => {
    const random = seeded(seed + world);
    const rows = identical(random).map((sides, index) => row(sides, THRESHOLDS[index], index));
    return twoLooks(judging, rows).some((row) => isAlarm(row) || row.verdict === 'improvement');
  });
}

/** One operating point. `found` counts regressions of the threshold's own size: a pass or a "small" is a miss. */
export function operatingPoint(judging, seeded, { pairSd, worlds, seed }) {
  const verdictOf = (world, slowdown) => twoLooks(judging, [row(pairs(seeded(seed + world), { pairSd, slowdown }))])[0];
  return {
    falseAlarms: share(worlds, (world) => isAlarm(verdictOf(world, 0))),
    found: share(worlds, (world) => verdictOf(world + worlds, 0.05).verdict === 'regression'),
  };
}

/** What is usual instead: ten runs of A, then ten of B, a difference is real where p < 0.05. */
export function sequential({ rankSum }, seeded, { pairSd, trials, worlds, seed }) {
  return share(worlds, (world) => {
    const { base, head } = oneAfterTheOther(seeded(seed + world), { pairSd, trials });
    return rankSum(base, head).p < 0.05;
  });
}

function isAlarm({ verdict }) {
  return verdict === 'regression' || verdict === 'small';
}

function row(sides, threshold = 0.05, index = 0) {
  return {
    id: `simulated ${index}`,
    cell: 'simulated',
    metric: `metric_${index}`,
    label: `metric ${index}`,
    unit: 'ms',
    better: 'lower',
    pairing: 'interleaved',
    threshold,
    floor: 0.02,
    gated: true,
    ...sides,
  };
}

function share(worlds, happens) {
  let count = 0;
  for (let world = 0; world < worlds; world++) if (happens(world)) count++;
  return count / worlds;
}
