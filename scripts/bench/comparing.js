import { median, reached } from './numbers.js';
import { load } from './setup.js';

const ROUNDS = 15;
const A_SIDE = 50;
const TEST_LIMIT_MS = 50;
const JUDGE_LIMIT_MS = 1000;
/** 100 cells of ten metrics, four of which gate, 24 trials a side. */
const ROWS = { cells: 100, metrics: 10, gated: 4, trials: 24 };

/** What the arithmetic of a comparison costs: exact tests at 50 a side, and the judge over a large comparison. */
export async function comparing({ say }) {
  const [{ rankSum }, { signedRank }, walsh, { judge }, { seeded }] = await Promise.all([
    load('stats/ranksum.js'),
    load('stats/signedrank.js'),
    load('stats/walsh.js'),
    load('compare/judge.js'),
    load('core/random.js'),
  ]);
  const random = seeded(1);
  const distinct = () => Array.from({ length: A_SIDE }, random);
  const tied = () => Array.from({ length: A_SIDE }, () => Math.floor(20 * random()));
  const difference = (a, b) => b.map((value, i) => value - a[i]);
  const tests = [
    ['exact Mann-Whitney', (a, b) => rankSum(a, b)],
    ['exact signed-rank', (a, b) => signedRank(difference(a, b))],
    ['Hodges-Lehmann with interval, apart', (a, b) => walsh.twoSamples(a, b).interval(0.95)],
    ['Hodges-Lehmann with interval, pairs', (a, b) => walsh.oneSample(difference(a, b)).interval(0.95)],
  ];
  say('exact tests');
  const rows = tests.flatMap(([name, test]) =>
    [
      ['distinct values', distinct],
      ['many ties', tied],
    ].map(([kind, draw]) =>
      row(
        `${name}, ${A_SIDE} a side, ${kind}`,
        timed(() => test(draw(), draw())),
        TEST_LIMIT_MS,
      ),
    ),
  );
  for (const pairing of ['interleaved', 'apart']) {
    say(`judge, ${pairing}`);
    const samples = comparison(random, pairing);
    const took = timed(() => judge(samples, 'only'), 3);
    rows.push(
      row(
        `judge, ${ROWS.cells} cells x ${ROWS.metrics} metrics x ${ROWS.trials} trials, ${pairing}`,
        took,
        JUDGE_LIMIT_MS,
      ),
    );
  }
  return rows;
}

/** The first call included: `compare` makes it once, and its code is cold then. */
function timed(call, rounds = ROUNDS) {
  return Array.from({ length: rounds }, () => {
    const from = performance.now();
    call();
    return performance.now() - from;
  });
}

function row(what, took, limit) {
  const slowest = Math.max(...took);
  return {
    what,
    ours: `${median(took).toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`,
    against: '',
    ratio: '',
    target: `<= ${limit} ms, the slowest`,
    verdict: reached(slowest <= limit),
  };
}

function comparison(random, pairing) {
  const values = () => Array.from({ length: ROWS.trials }, () => 100 * (1 + 0.1 * random()));
  return Array.from({ length: ROWS.cells * ROWS.metrics }, (_, index) => ({
    id: `row ${index}`,
    cell: `cell ${Math.floor(index / ROWS.metrics)}`,
    metric: `metric_${index % ROWS.metrics}`,
    label: `metric ${index % ROWS.metrics}`,
    unit: 'ms',
    better: 'lower',
    base: values(),
    head: values(),
    pairing,
    history: 'learned',
    threshold: 0.05,
    floor: 0.02,
    gated: index % ROWS.metrics < ROWS.gated,
  }));
}
