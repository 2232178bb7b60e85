// Simulated machines: what trials of two arms would have measured, without measuring anything. Pure: a generator of
// uniform numbers goes in, so the same seed is the same world. Used by test/ruler/gate.test.ts and gate.js.

/** The most blocks that `ab` looks at. */
export const BLOCKS = 24;

/**
 * Steps of the machine's slow drift (a random walk from trial to trial) in standard deviations of a trial's noise.
 * With it, ten runs of A and then ten of B, tested at 0.05, flag identical code about as often as hosted runners do.
 */
const DRIFT = 0.2;

/** A standard normal variate (Box and Muller). */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Values of one metric in blocks of two trials, in random order within each block.
 * @param pairSd standard deviation of ln(b / a) without the drift
 * @param slowdown by how much b is worse, as a ratio: 0.05
 */
export function pairs(random, { pairSd, slowdown = 0, blocks = BLOCKS }) {
  const noise = pairSd / Math.SQRT2;
  const machine = walk(random, DRIFT * noise);
  return inOrder(orders(random, blocks), () => machine() + noise * normal(random), Math.log1p(slowdown));
}

/** All trials of one side, and then all of the other: how files of two runs come about. */
export function oneAfterTheOther(random, { pairSd, trials }) {
  const noise = pairSd / Math.SQRT2;
  const machine = walk(random, DRIFT * noise);
  const side = () => Array.from({ length: trials }, () => Math.exp(machine() + noise * normal(random)));
  return { base: side(), head: side() };
}

/** Three metrics of identical code on one machine, of any temper: quiet or noisy, with jumps, trends and wild trials. */
export function identical(random) {
  const drift = pick(random, [walk(random, 0.004), walk(random, 0.02), trend(random), jumps(random), () => 0]);
  const wild = pick(random, [0, 0.02, 0.1]);
  const sds = [0.005 + 0.05 * random(), 0.01 + 0.07 * random(), 0.02 + 0.15 * random()];
  const machine = [];
  const order = orders(random, BLOCKS);
  return sds.map((sd) => {
    let trial = 0;
    // All metrics of a trial see the same machine at the same moment.
    const draw = () => {
      machine[trial] ??= drift() + (random() < wild ? 0.3 * random() : 0);
      return machine[trial++] + sd * normal(random);
    };
    return inOrder(order, draw, 0);
  });
}

/** Whether base is first, block by block. */
function orders(random, blocks) {
  return Array.from({ length: blocks }, () => random() < 0.5);
}

function inOrder(order, draw, shift) {
  const [base, head] = [[], []];
  for (const baseFirst of order) {
    const [first, second] = [draw(), draw()];
    base.push(Math.exp(baseFirst ? first : second));
    head.push(Math.exp((baseFirst ? second : first) + shift));
  }
  return { base, head };
}

function walk(random, step) {
  let level = 0;
  return () => {
    level += step * normal(random);
    return level;
  };
}

/** A machine that gets steadily hotter, by up to 1 % a trial. */
function trend(random) {
  const slope = 0.01 * random();
  let level = 0;
  return () => {
    level += slope;
    return level;
  };
}

/** Another tenant comes and goes. */
function jumps(random) {
  let level = 0;
  return () => {
    if (random() < 0.1) level = 0.25 * random();
    return level;
  };
}

function pick(random, choices) {
  return choices[Math.floor(random() * choices.length)];
}
