import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, reached } from './numbers.js';
import { load, program } from './setup.js';

const ROUNDS = 5;
const [CELLS, TRIALS] = [100, 24];
const LIMIT_MS = 1000;

/** What a user waits for `jobbench compare` of two large files: of one run (pairs), and of two (apart). */
export async function comparefiles({ say }) {
  const { seeded } = await load('core/random.js');
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-comparefiles-'));
  try {
    const random = seeded(1);
    const write = (name, id) => {
      const path = join(dir, name);
      writeFileSync(path, JSON.stringify(generated(id, random)));
      return path;
    };
    const base = write('base.json', 'one');
    return [
      ['of one run', write('pairs.json', 'one')],
      ['of two runs', write('apart.json', 'two')],
    ].map(([what, head]) =>
      row(
        what,
        Array.from({ length: ROUNDS }, (_, round) => wallMs(base, head, round, say)),
      ),
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The cells of the reference run again and again, with trials that differ by some percent. */
function generated(id, random) {
  const file = JSON.parse(readFileSync(new URL('../../results/reference.json', import.meta.url), 'utf8'));
  const measured = file.cells.filter(({ status }) => status === 'ok');
  file.run = { ...file.run, id };
  file.cells = Array.from({ length: CELLS }, (_, n) => {
    const cell = measured[n % measured.length];
    const [trial] = cell.trials;
    const vary = ([metric, value]) => [metric, value * (1 + 0.05 * random())];
    return {
      ...cell,
      id: `${cell.scenario.name}/n=${n} ${cell.adapter.label}`,
      trials: Array.from({ length: TRIALS }, (_, block) => ({
        ...trial,
        index: block,
        block,
        values: Object.fromEntries(Object.entries(trial.values).map(vary)),
      })),
    };
  });
  return file;
}

function wallMs(base, head, round, say) {
  say(`compare, ${CELLS} cells x ${TRIALS} trials, run ${round + 1} of ${ROUNDS}`);
  const from = performance.now();
  const args = [program, 'compare', base, head, '--fail-on', 'never'];
  const { status, stderr } = spawnSync(process.execPath, args, { timeout: 60_000, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`compare ended with ${status}: ${stderr}`);
  return performance.now() - from;
}

function row(what, took) {
  const slowest = Math.max(...took);
  return {
    what: `jobbench compare, ${CELLS} cells x ${TRIALS} trials, two files ${what}`,
    ours: `${median(took).toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
    against: '',
    ratio: '',
    target: `<= ${LIMIT_MS} ms, the slowest`,
    verdict: reached(slowest <= LIMIT_MS),
  };
}
