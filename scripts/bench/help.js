import { spawnSync } from 'node:child_process';
import { median, rangeText, reached, spread } from './numbers.js';
import { program } from './setup.js';

const RUNS = 10;

/** What a user waits for `jobbench --help`, beside an empty Node. */
export async function help({ say }) {
  const took = { help: [], node: [] };
  for (let run = 0; run < RUNS; run++) {
    say(`--help, run ${run + 1} of ${RUNS}`);
    took.help.push(wallMs([program, '--help']));
    took.node.push(wallMs(['-e', '0']));
  }
  const limit = 1.5 * median(took.node) + 60;
  const ms = (values) => `${rangeText(spread(values), (value) => value.toFixed(0))} ms`;
  return [
    {
      what: 'start: wall time',
      ours: `jobbench --help: ${ms(took.help)}`,
      against: `node -e 0: ${ms(took.node)}`,
      ratio: (median(took.help) / median(took.node)).toFixed(2),
      target: `<= 1.5 x + 60 ms = ${limit.toFixed(0)} ms`,
      verdict: reached(median(took.help) <= limit),
    },
  ];
}

function wallMs(argv) {
  const from = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { timeout: 30_000 });
  if (status !== 0) throw new Error(`node ${argv.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - from;
}
